// Makes sync.Maps in several states and writes down how much memory the heap says that they take, how many keys each
// has, and which maps their values hold. Then it keeps them alive until its standard input ends.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// Shop holds a map of its own.
type Shop struct {
	Name  string
	Stock map[string]int
}

var (
	// kept has the maps of one case after the other.
	kept [][]sync.Map
	// boxed are keys and values: what is added to a sync.Map is then its own.
	boxed []any

	shops sync.Map
	// owner alone leads to its keys and values.
	owner   sync.Map
	pointed = &sync.Map{}
	out     = bufio.NewWriter(os.Stdout)
)

func live() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func threads() int {
	n, _ := runtime.ThreadCreateProfile(nil)
	return n
}

func fill(m *sync.Map, from, to int) {
	for _, k := range boxed[from:to] {
		m.Store(k, k)
	}
}

func remove(m *sync.Map, from, to int) {
	for _, k := range boxed[from:to] {
		m.Delete(k)
	}
}

func promote(m *sync.Map) { m.Range(func(_, _ any) bool { return true }) }

var states = []struct {
	name string
	make func(m *sync.Map, n int)
	len  func(n int) int
}{
	{"filled", func(m *sync.Map, n int) { fill(m, 0, n) }, func(n int) int { return n }},
	{"promoted", func(m *sync.Map, n int) { fill(m, 0, n); promote(m) }, func(n int) int { return n }},
	{"amended", func(m *sync.Map, n int) { fill(m, 0, n); promote(m); fill(m, n, n+n/4+1) },
		func(n int) int { return n + n/4 + 1 }},
	{"deleted", func(m *sync.Map, n int) { fill(m, 0, n); promote(m); remove(m, 0, n/2) },
		func(n int) int { return n - n/2 }},
	{"expunged", func(m *sync.Map, n int) { fill(m, 0, n); promote(m); remove(m, 0, n/2); fill(m, n, n+1) },
		func(n int) int { return n - n/2 + 1 }},
	{"emptied", func(m *sync.Map, n int) { fill(m, 0, n); promote(m); remove(m, 0, n) }, func(int) int { return 0 }},
}

func say(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }

func main() {
	debug.SetGCPercent(-1)
	for i := 0; i < 9_000; i++ {
		boxed = append(boxed, fmt.Sprint("key ", i))
	}
	kept = make([][]sync.Map, 0, 100)
	// What is allocated once belongs to no case.
	live()
	for _, state := range states {
		var first sync.Map
		state.make(&first, 10)
	}
	say("begin")
	for _, state := range states {
		for _, n := range []int{1, 7, 100, 1000, 5_500} {
			var made []sync.Map
			var before, after uint64
			// What the runtime keeps of a thread is on the heap too.
			for begun := -1; begun != threads(); {
				made = make([]sync.Map, 1+120/n)
				begun = threads()
				before = live()
				for i := range made {
					state.make(&made[i], n)
				}
				after = live()
			}
			say("case\t%s %d\tmain.kept[%d]\t%d\t%d\t%d", state.name, n, len(kept), len(made), state.len(n), after-before)
			kept = append(kept, made)
		}
	}
	var before, after uint64
	for begun := -1; begun != threads(); {
		owner = sync.Map{}
		begun = threads()
		before = live()
		for i := 0; i < 3_000; i++ {
			stock := map[string]int{fmt.Sprint("the only article of shop ", i): i}
			owner.Store(fmt.Sprint("the key of shop number ", i), &Shop{fmt.Sprint("the name of shop number ", i), stock})
		}
		after = live()
	}
	say("owns\tmain.owner\t%d", after-before)
	shops.Store("plain", map[string]int{"a": 1, "b": 2})
	shops.Store(int64(7), &Shop{"seven", map[string]int{"x": 1, "y": 2, "z": 3}})
	shops.Store("by value", Shop{"value", map[string]int{"q": 1}})
	shops.Store([2]int{1, 2}, []map[int]bool{{1: true}, {}})
	pointed.Store("deep", map[string]bool{"yes": true})
	shops.Store("sync", pointed)
	shops.Store("gone", map[string]int{"not": 1, "there": 2, "any": 3, "more": 4})
	promote(&shops)
	shops.Delete("gone")
	shops.Store("late", map[int]int{1: 1, 2: 2, 3: 3, 4: 4})
	say(`holds	main.shops["plain"].(map[string]int)	2`)
	say(`holds	main.shops[int64(7)].(*main.Shop).Stock	3`)
	say(`holds	main.shops["by value"].(main.Shop).Stock	1`)
	say(`holds	main.shops[[2]int{1, 2}].([]map[int]bool)[0]	1`)
	say(`holds	main.shops[[2]int{1, 2}].([]map[int]bool)[1]	0`)
	say(`holds	main.pointed["deep"].(map[string]bool)	1`)
	say(`holds	main.shops["late"].(map[int]int)	4`)
	say("ready")
	out.Flush()
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(kept)
}
