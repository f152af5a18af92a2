//go:build !goexperiment.swissmap && !go1.26

package main

import "unsafe"

// mark is what growth changes in the header of a map: runtime.hmap.buckets. It is nil until the first insert.
type mark struct{ buckets uintptr }

// go1.23.12 src/runtime/map.go, hmap: count, flags, B, noverflow, hash0, buckets.
type header struct {
	_       [16]byte
	buckets uintptr
}

func markOf(m unsafe.Pointer) mark {
	if m == nil {
		return mark{}
	}
	return mark{(*header)(m).buckets}
}

// grewIn is the function in which the map grew from one mark to the next, or "".
func grewIn(before, after mark) string {
	if before.buckets == 0 || before == after {
		return ""
	}
	return "runtime.hashGrow"
}
