package main

import "unsafe"

// swissMap is internal/runtime/maps.Map of Go 1.24 to 1.27 (src/internal/runtime/maps/map.go).
type swissMap struct {
	used   uint64
	seed   uintptr
	dirPtr unsafe.Pointer
	dirLen int
}

// table is internal/runtime/maps.table (src/internal/runtime/maps/table.go).
type table struct {
	used, capacity, growthLeft uint16
	localDepth                 uint8
	index                      int
	groups                     unsafe.Pointer
	lengthMask                 uint64
}

// looked is what a map looked like: its tables in the order of its directory, each once.
type looked struct {
	length int
	dir    int
	tables []*table
	copies []table
}

func swissOf(header unsafe.Pointer) looked {
	h := (*swissMap)(header)
	seen := looked{length: int(h.used), dir: h.dirLen}
	for i := 0; i < h.dirLen; i++ {
		t := *(**table)(unsafe.Pointer(uintptr(h.dirPtr) + uintptr(i)*8))
		if n := len(seen.tables); n > 0 && seen.tables[n-1] == t {
			continue
		}
		seen.tables = append(seen.tables, t)
		seen.copies = append(seen.copies, *t)
	}
	return seen
}

func (l looked) find(t *table) int {
	for i, known := range l.tables {
		if known == t {
			return i
		}
	}
	return -1
}

func (t table) tombstones() int {
	most := int(t.capacity) * 7 / 8
	if t.capacity <= 8 {
		most = int(t.capacity) - 1
	}
	return most - int(t.used) - int(t.growthLeft)
}

// compare notes what one write did.
func (l looked) compare(after looked) {
	if l.dir == 0 && after.dir > 0 {
		note("grow", l.length, 8, int(after.copies[0].capacity), "small-full", 8)
		return
	}
	for i, t := range l.tables {
		was := l.copies[i]
		at := after.find(t)
		if at >= 0 {
			// A deletion leaves a tombstone or none, and never takes one away; an insert may use one up.
			if gone := was.tombstones() - after.copies[at].tombstones(); gone > 1 {
				note("prune", l.length, gone, 0, "tombstones", 0)
			}
			continue
		}
		why := "load"
		if was.tombstones() > 0 {
			why = "tombstones"
		}
		from := int(was.capacity)
		if len(after.tables) == len(l.tables)+1 {
			note("split", l.length, from, 2*from, why, int(was.used))
			continue
		}
		note("rehash", l.length, from, int(after.copies[min2(i, len(after.copies)-1)].capacity), why, int(was.used))
	}
}

func min2(a, b int) int {
	if a < b {
		return a
	}
	return b
}
