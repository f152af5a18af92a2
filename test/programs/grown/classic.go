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

func classicOf(header unsafe.Pointer) hmap { return *(*hmap)(header) }

// began is what each migration had to move, by the address of its old buckets.
var began = map[unsafe.Pointer]int{}

// compare notes what one write did. It can end a migration and begin the next.
func (h hmap) compare(after hmap) {
	grown := h.buckets != nil && h.buckets != after.buckets
	if h.oldbuckets != nil && after.oldbuckets != h.oldbuckets {
		h.migrated(h.olds(), 1<<h.b, h.flags&8 != 0, began[h.oldbuckets])
	}
	if !grown {
		return
	}
	same := h.b == after.b
	note("grow", h.count, 1<<h.b, 1<<after.b, why(same), 0)
	began[h.buckets] = h.count
	if after.oldbuckets == nil {
		h.migrated(1<<h.b, 1<<after.b, same, h.count)
	}
}

func (h hmap) migrated(from, to int, same bool, moved int) {
	note("evacuate", h.count, from, to, why(same), moved)
}

func why(same bool) string {
	if same {
		return "overflow"
	}
	return "load"
}

// olds is the number of old buckets of a map that migrates.
func (h hmap) olds() int {
	if h.flags&8 != 0 {
		return 1 << h.b
	}
	return 1 << h.b / 2
}
