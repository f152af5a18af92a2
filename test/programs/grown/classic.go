package main

import "unsafe"

// hmap is runtime.hmap of Go 1.18 to 1.23 (src/runtime/map.go).
type hmap struct {
	count      int
	flags      uint8
	b          uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
}

func classicOf(m map[int]int) hmap { return *(*hmap)(headerOf(m)) }

// compare notes what one write did. It can end a migration and begin the next.
func (h hmap) compare(after hmap) {
	grown := h.buckets != after.buckets
	if h.oldbuckets != nil && (after.oldbuckets != h.oldbuckets) {
		note("migrated", h.count, h.olds(), 1<<h.b)
	}
	if !grown {
		return
	}
	kind := "grow"
	if h.b == after.b {
		kind = "same-size"
	}
	note(kind, h.count, 1<<h.b, 1<<after.b)
	if after.oldbuckets == nil {
		note("migrated", h.count, 1<<h.b, 1<<after.b)
	}
}

// olds is the number of old buckets of a map that migrates.
func (h hmap) olds() int {
	if h.flags&8 != 0 {
		return 1 << h.b
	}
	return 1 << h.b / 2
}
