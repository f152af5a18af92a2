//go:build go1.21

package main

import (
	"maps"
	"math/rand"
	"reflect"
)

var modernSite = site{name: "maps."}

// modern does what Go 1.21 brought: clear, maps.DeleteFunc, reflect's Clear, maps.Clone (which assigns nothing).
func modern(g *ledger, random *rand.Rand, w world, r uint64) {
	if random.Intn(3) == 0 {
		clearAll(g, w)
		return
	}
	m := map[int32]int64{int32(r): 1}
	literalRow(g, m, int32(r))
	copied := maps.Clone(m)
	n := len(copied)
	b := g.begin(&modernSite, "iterate", "-", addressOf(copied), "map[int32]int64")
	g.end(append(b, '0'), &modernSite, "int32", n, -1)
	maps.DeleteFunc(copied, func(k int32, _ int64) bool { return true })
	b = g.begin(&modernSite, "delete", "runtime.mapdelete_fast32", addressOf(copied), "map[int32]int64")
	g.end(appendInt(b, int64(int32(r))), &modernSite, "int32", n, 1)
	v := reflect.ValueOf(m)
	v.Clear()
	b = g.begin(&reflectSite, "clear", "-", addressOf(m), "map[int32]int64")
	g.end(append(b, '0'), &reflectSite, "int32", 1, -1)
}

// literalRow is the row of the literal in modern.
func literalRow(g *ledger, m map[int32]int64, k int32) {
	s := &site{name: "main.modern"}
	b := g.begin(s, "assign", "runtime.mapassign_fast32", addressOf(m), "map[int32]int64")
	g.end(appendInt(b, int64(k)), s, "int32", 0, 0)
}
