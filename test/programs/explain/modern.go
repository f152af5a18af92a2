//go:build go1.21

package main

import "maps"

//go:noinline
func modern(m map[string]int, k string) {
	cleared(m)
	dropped(m)
	sink += len(copied(m))
}

//go:noinline
func cleared(m map[string]int) {
	clear(m) // want: runtime.mapclear of map[string]int
}

//go:noinline
func dropped(m map[string]int) {
	maps.DeleteFunc(m, func(_ string, v int) bool { return v > 3 })
}

//go:noinline
func copied(m map[string]int) map[string]int {
	return maps.Clone(m)
}
