// Command watchkey writes to the entries of maps, each kind of write in a line of its own. It obeys commands on
// stdin, one a line, and answers each with a line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unsafe"
)

// Pair is written field by field.
type Pair struct{ A, B int64 }

// Big lies outside of its slot.
type Big struct {
	N    int64
	Rest [20]int64
}

var (
	pairs  = map[string]*Pair{"k": {}}
	slices = map[string][]int64{"k": {1, 2, 3}}
	texts  = map[string]string{"k": "a"}
	bigs   = map[int]Big{3: {}}
	counts = make(map[int]int64, 500) // no bucket or group is full
	empty  = map[int]int64{}
	n      int64
)

//go:noinline
func writeB(p *Pair) { p.B = n }

//go:noinline
func writeItem(s []int64) { s[2] = n }

//go:noinline
func writeText() { texts["k"] = strings.Repeat("a", int(n)) }

//go:noinline
func writeBig() { bigs[3] = Big{N: n} }

//go:noinline
func update() { counts[7] = n }

//go:noinline
func remove() { delete(counts, 7) }

//go:noinline
func other() { counts[stranger] = n }

//go:noinline
func first() { empty[7] = n }

// stranger is a key that is not there, and whose bucket or group is not that of key 7: it would take the place that 7
// has left.
var stranger = 1000

// elementOf finds the element of a key: Go gives no pointer to one, but the map's own functions return it.
func elementOf(m map[int]int64, key int) uintptr {
	var face interface{} = m
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&face))
	element, _ := mapaccess2(words[0], words[1], unsafe.Pointer(&key))
	return uintptr(element)
}

//go:linkname mapaccess2 runtime.mapaccess2
func mapaccess2(typ, m, key unsafe.Pointer) (unsafe.Pointer, bool)

// isNear tells whether the key would come to lie beside key 7.
func isNear(key int) bool {
	counts[key] = 0
	defer delete(counts, key)
	between := int64(elementOf(counts, key)) - int64(elementOf(counts, 7))
	return -256 < between && between < 256
}

func main() {
	for i := 0; i < 40; i++ {
		counts[i] = 0
	}
	for isNear(stranger) {
		stranger++
	}
	p, s := pairs["k"], slices["k"]
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		n++
		switch lines.Text() {
		case "field":
			writeB(p)
		case "item":
			writeItem(s)
		case "text":
			writeText()
		case "big":
			writeBig()
		case "update":
			update()
		case "delete":
			remove()
		case "other":
			other()
		case "first":
			first()
		case "again":
			remove()
			update()
		}
		fmt.Println(n)
	}
}
