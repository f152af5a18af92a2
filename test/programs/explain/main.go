// Every construct that the compiler makes calls of map functions of. A comment `want:` says which calls a
// line becomes; test/explain/marks.ts reads it. Each function is kept from being inlined unless that is the point.
package main

import "os"

type (
	Big  struct{ words [40]int }
	Huge struct{ words [200]int }
	Pair struct{ A, B int32 }
	Gap  struct {
		A int8
		B int32
	}
	Named struct{ name string }
	Box   struct{ p *int }
	ID    uint64
)

// ---- keys

//go:noinline
func strings(m map[string]int, k string) {
	m[k] = 1     // want: runtime.mapassign_faststr of map[string]int
	delete(m, k) // want: runtime.mapdelete_faststr of map[string]int
}

//go:noinline
func named(m map[Named]int, k Named) {
	m[k] = 1     // want: runtime.mapassign_faststr of map[main.Named]int
	delete(m, k) // want: runtime.mapdelete_faststr of map[main.Named]int
}

//go:noinline
func words4(m map[int32]bool, n map[[4]byte]bool, k int32, l [4]byte) {
	m[k] = true  // want: runtime.mapassign_fast32 of map[int32]bool
	delete(m, k) // want: runtime.mapdelete_fast32 of map[int32]bool
	n[l] = true  // want: runtime.mapassign_fast32 of map[[4]uint8]bool
}

//go:noinline
func words8(m map[ID]string, n map[Pair]string, k ID, l Pair) {
	m[k] = "x"   // want: runtime.mapassign_fast64 of map[main.ID]string
	delete(m, k) // want: runtime.mapdelete_fast64 of map[main.ID]string
	n[l] = "x"   // want: runtime.mapassign_fast64 of map[main.Pair]string
	delete(n, l) // want: runtime.mapdelete_fast64 of map[main.Pair]string
}

//go:noinline
func gaps(m map[Gap]int, k Gap) {
	m[k] = 1     // want: runtime.mapassign of map[main.Gap]int
	delete(m, k) // want: runtime.mapdelete of map[main.Gap]int
}

//go:noinline
func pointers(m map[*int]int, n map[chan int]int, o map[Box]int, k *int, l chan int) {
	m[k] = 1          // want: runtime.mapassign_fast64ptr of map[*int]int
	n[l] = 1          // want: runtime.mapassign_fast64ptr of map[chan int]int
	o[Box{k}] = 1     // want: runtime.mapassign_fast64ptr of map[main.Box]int
	delete(m, k)      // want: runtime.mapdelete_fast64 of map[*int]int
	delete(o, Box{k}) // want: runtime.mapdelete_fast64 of map[main.Box]int
	sink += m[k]      // want: runtime.mapaccess1_fast64 of map[*int]int
}

//go:noinline
func special(m map[float64]int, n map[any]int, o map[int8]int, p map[[2]string]int, k float64, l any, i int8) {
	m[k] = 1                   // want: runtime.mapassign of map[float64]int
	n[l] = 1                   // want: runtime.mapassign of map[interface {}]int
	o[i] = 1                   // want: runtime.mapassign of map[int8]int
	p[[2]string{"a", "b"}] = 1 // want: runtime.mapassign of map[[2]string]int
	delete(m, k)               // want: runtime.mapdelete of map[float64]int
	delete(n, l)               // want: runtime.mapdelete of map[interface {}]int
}

// ---- elements

//go:noinline
func elements(m map[string]Big, n map[int32]Huge, k string, i int32, edge map[string][128]byte, over map[string][129]byte) int {
	delete(m, k)           // want: runtime.mapdelete of map[string]main.Big
	edge[k] = [128]byte{}  // want: runtime.mapassign_faststr of map[string][128]uint8
	over[k] = [129]byte{}  // want: runtime.mapassign of map[string][129]uint8
	sink += m[k].words[3]  // want: runtime.mapaccess1 of map[string]main.Big
	if v, ok := n[i]; ok { // want: runtime.mapaccess2_fat of map[int32]main.Huge
		return v.words[1]
	}
	return n[i+1].words[2] // want: runtime.mapaccess1_fat of map[int32]main.Huge
}

// ---- reads

//go:noinline
func reads(m map[string]int, n map[uint32]int, o map[Gap]int, k string, i uint32, g Gap) int {
	a := m[k]     // want: runtime.mapaccess1_faststr of map[string]int
	b, ok := m[k] // want: runtime.mapaccess2_faststr of map[string]int
	if ok {
		return b
	}
	_, ok = n[i] // want: runtime.mapaccess2_fast32 of map[uint32]int
	if ok {
		return o[g] // want: runtime.mapaccess1 of map[main.Gap]int
	}
	return a + n[i] // want: runtime.mapaccess1_fast32 of map[uint32]int
}

// ---- writes that read

//go:noinline
func updates(m map[string]int, s map[string][]int, k string) {
	m[k] += 2              // want: runtime.mapassign_faststr | race: runtime.mapaccess1_faststr runtime.mapassign_faststr
	m[k]++                 // want: runtime.mapassign_faststr | race: runtime.mapaccess1_faststr runtime.mapassign_faststr
	m[k] /= 3              // want: runtime.mapaccess1_faststr runtime.mapassign_faststr
	m[k] %= 3              // want: runtime.mapaccess1_faststr runtime.mapassign_faststr
	s[k] = append(s[k], 1) // want: runtime.mapassign_faststr | <1.22 race: runtime.mapaccess1_faststr runtime.mapassign_faststr
	m[k] = m["other"]      // want: runtime.mapaccess1_faststr runtime.mapassign_faststr
}

// ---- loops

//go:noinline
func sum(m map[string]int) (n int) {
	for _, v := range m { // want: @start @next of map[string]int
		n += v
	}
	return n
}

//go:noinline
func wipe(m map[string]bool) {
	for k := range m { // want: runtime.mapclear of map[string]bool | race: @start @next | N: @start @next
		delete(m, k) // want: | race: runtime.mapdelete_faststr | N: runtime.mapdelete_faststr
	}
}

//go:noinline
func wipeFloats(m map[float64]bool) {
	for k := range m { // want: @start @next of map[float64]bool
		delete(m, k) // want: runtime.mapdelete of map[float64]bool
	}
}

// ---- makes

//go:noinline
func escaping(n int) (map[string]int, map[ID]int) {
	a := make(map[string]int) // want: runtime.makemap_small
	b := make(map[ID]int, n)  // want: runtime.makemap of map[main.ID]int
	a["x"] = 1                // want: runtime.mapassign_faststr of map[string]int
	return a, b
}

//go:noinline
func hinted() map[string]int {
	return make(map[string]int, 100) // want: runtime.makemap of map[string]int
}

//go:noinline
func onStack(k string, n int) int {
	m := make(map[string]int)     // want: stack
	m[k] = 1                      // want: runtime.mapassign_faststr of map[string]int
	o := make(map[int64]int64, n) // want: runtime.makemap of map[int64]int64
	o[4] = 2                      // want: runtime.mapassign_fast64 of map[int64]int64
	return m["a"] + int(o[1])     // want: runtime.mapaccess1_faststr runtime.mapaccess1_fast64
}

//go:noinline
func literal(k string) map[string]int {
	return map[string]int{k: 1, k + "x": 2} // want: runtime.makemap_small runtime.mapassign_faststr runtime.mapassign_faststr
}

// ---- inlining

func small(m map[string]int, k string) {
	delete(m, k) // want: runtime.mapdelete_faststr of map[string]int
}

func smaller(m map[string]int, k string) { small(m, k+"y") }

//go:noinline
func caller(m map[string]int, k string) {
	small(m, k)
	smaller(m, k)
}

// ---- generics

//go:noinline
func get[K comparable, V any](m map[K]V, k K) V {
	return m[k] // want: runtime.mapaccess1_faststr or runtime.mapaccess1_fast64
}

type Cache[K comparable, V any] struct{ m map[K]V }

//go:noinline
func (c *Cache[K, V]) put(k K, v V) {
	c.m[k] = v // want: runtime.mapassign_fast64ptr
}

//go:noinline
func (c *Cache[K, V]) drop(k K) {
	func() {
		delete(c.m, k) // want: runtime.mapdelete_fast64
	}()
}

//go:noinline
func (c *Cache[K, V]) later(k K) func() {
	return func() {
		delete(c.m, k) // want: runtime.mapdelete_fast64
	}
}

// ---- closures, defers, goroutines

//go:noinline
func closures(m map[string]int, k string) func() {
	defer delete(m, k) // want: runtime.mapdelete_faststr of map[string]int
	return func() {
		m[k] = 2 // want: runtime.mapassign_faststr of map[string]int
	}
}

//go:noinline
func nothing(m map[string]int) int {
	return tiny(m)
}

func tiny(m map[string]int) int { return len(m) }

var sink int

func main() {
	m := map[string]int{"a": 1}
	k := os.Args[0]
	i := 3
	strings(m, k)
	named(map[Named]int{}, Named{k})
	words4(map[int32]bool{}, map[[4]byte]bool{}, 3, [4]byte{})
	words8(map[ID]string{}, map[Pair]string{}, 3, Pair{1, 2})
	gaps(map[Gap]int{}, Gap{1, 2})
	pointers(map[*int]int{}, map[chan int]int{}, map[Box]int{}, &i, nil)
	special(map[float64]int{}, map[any]int{}, map[int8]int{}, map[[2]string]int{}, 2, k, 3)
	sink += elements(map[string]Big{}, map[int32]Huge{}, k, 3, map[string][128]byte{}, map[string][129]byte{})
	sink += reads(m, map[uint32]int{}, map[Gap]int{}, k, 3, Gap{})
	updates(m, map[string][]int{}, k)
	sink += sum(m)
	wipe(map[string]bool{})
	wipeFloats(map[float64]bool{})
	escaping(len(m) + 100)
	hinted()
	sink += onStack(k, len(m)+100)
	literal(k)
	caller(m, k)
	sink += get(m, k)
	sink += len(get(map[uint64]string{1: "x"}, 2))
	c := &Cache[*int, string]{m: map[*int]string{}}
	c.put(&i, k)
	c.drop(&i)
	c.later(&i)()
	closures(m, k)()
	sink += nothing(m)
	modern(m, k)
	println(sink)
}
