//go:build goexperiment.swissmap || go1.26

package main

import "unsafe"

// mark is what growth changes in the header of a map: how many tables its directory has, and which.
type mark struct {
	tables int
	sum    uintptr
}

// go1.26.8 src/internal/runtime/maps/map.go, Map: used, seed, dirPtr, dirLen.
type header struct {
	_      [16]byte
	dirPtr unsafe.Pointer
	dirLen int
}

func markOf(m unsafe.Pointer) mark {
	if m == nil || (*header)(m).dirLen == 0 {
		return mark{}
	}
	h := (*header)(m)
	sum := uintptr(0)
	for _, table := range unsafe.Slice((*uintptr)(h.dirPtr), h.dirLen) {
		sum = sum*31 + table
	}
	return mark{h.dirLen, sum}
}

// grewIn is the function in which the map grew from one mark to the next, or "".
func grewIn(before, after mark) string {
	switch {
	case before == after:
		return ""
	case before.tables == 0:
		return "internal/runtime/maps.(*Map).growToTable"
	}
	return "internal/runtime/maps.(*table).rehash"
}
