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
	s := &literalSite
	s.below(2)
	k := int32(r)
	m := map[int32]int64{k: 1}
	number := newNumber()
	g.heap(m)
	b := g.begin(s, "assign", "runtime.mapassign_fast32", addressOf(m), number, "map[int32]int64")
	g.end(appendInt(b, int64(k)), s, whole, 0, 0)
	copied := maps.Clone(m)
	n, second := len(copied), newNumber()
	g.heap(copied)
	b = g.begin(&modernSite, "iterate", "-", addressOf(copied), second, "map[int32]int64")
	g.end(append(b, '0'), &modernSite, whole, n, -1)
	maps.DeleteFunc(copied, func(k int32, _ int64) bool { return true })
	b = g.begin(&modernSite, "delete", "runtime.mapdelete_fast32", addressOf(copied), second, "map[int32]int64")
	g.end(appendInt(b, int64(k)), &modernSite, whole, n, 1)
	v := reflect.ValueOf(m)
	v.Clear()
	b = g.begin(&reflectSite, "clear", "-", addressOf(m), number, "map[int32]int64")
	g.end(append(b, '0'), &reflectSite, whole, 1, -1)
}

var literalSite site
