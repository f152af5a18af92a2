// Command watchkey writes to the entries of maps, each kind of write in a line of its own. It obeys commands on
// stdin, one a line, and answers each with a line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
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
func other() { counts[1000+int(n)] = n }

//go:noinline
func first() { empty[7] = n }

func main() {
	for i := 0; i < 40; i++ {
		counts[i] = 0
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
