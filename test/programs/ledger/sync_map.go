//go:build !go1.24

package main

import (
	"reflect"
	"sync"
	"unsafe"
)

var syncSite = site{name: "sync."}

// syncMap works through a sync.Map, which keeps new keys in a plain map until they are read often enough.
// Newer releases have a tree instead.
func syncMap(g *ledger, r uint64) {
	m := &sync.Map{}
	g.heap(m)
	number := newNumber()
	dirty := func() unsafe.Pointer {
		return unsafe.Pointer(reflect.ValueOf(m).Elem().FieldByName("dirty").Pointer())
	}
	row := func(op string, k int, n int, found int8) {
		b := g.begin(&syncSite, op, "-", dirty(), number, "map[interface {}]*sync.entry")
		g.end(appendInt(b, int64(k)), &syncSite, whole, n, found)
	}
	for i := 0; i < 12; i++ {
		k := int(r) + i
		before := markOf(dirty())
		m.Store(k, i)
		row("assign", k, i, 0)
		g.grew(&syncSite, before, dirty(), number, "map[interface {}]*sync.entry", i)
	}
	m.Delete(int(r))
	row("delete", int(r), 12, 1)
}
