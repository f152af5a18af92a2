// Grows maps in known ways, looks at their headers after each write, and writes down what has changed in them:
// kind, entries before, size before and after.
//
//	growth -out FILE
//
// prints "ready PID", waits for a line, works, prints "done", and waits for the end of its input.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"unsafe"
)

var ledger bytes.Buffer

// swiss says how the maps of this program lie in memory.
var swiss bool

func note(kind string, length, from, to int) {
	fmt.Fprintf(&ledger, "%s\t%d\t%d\t%d\n", kind, length, from, to)
}

//go:noinline
func insert(m map[int]int, key int) { m[key] = key }

//go:noinline
func remove(m map[int]int, key int) { delete(m, key) }

//go:noinline
func wipe(m map[int]int) {
	for key := range m {
		delete(m, key)
	}
}

func headerOf(m map[int]int) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&m)) }

// watched does something to a map, and notes how its header differs afterwards.
func watched(m map[int]int, do func()) {
	if swiss {
		before := swissOf(m)
		do()
		before.compare(swissOf(m))
		return
	}
	before := classicOf(m)
	do()
	before.compare(classicOf(m))
}

func fill(m map[int]int, from, to int) {
	for key := from; key < to; key++ {
		k := key
		watched(m, func() { insert(m, k) })
	}
}

func drain(m map[int]int, from, to int) {
	for key := from; key < to; key++ {
		k := key
		watched(m, func() { remove(m, k) })
	}
}

var kept []map[int]int

func work() {
	plain := map[int]int{}
	kept = append(kept, plain)
	fill(plain, 0, 20000)
	wipe(plain)
	note("clear", 20000, 0, 0)
	fill(plain, 0, 3000)

	sized := make(map[int]int, 500)
	kept = append(kept, sized)
	fill(sized, 0, 5000)

	// The oldest of a few keys goes for each that comes: overflow chains, or tombstones.
	churned := make(map[int]int, 1)
	kept = append(kept, churned)
	fill(churned, 0, 200)
	for i := 0; i < 60000; i++ {
		drain(churned, i, i+1)
		fill(churned, i+200, i+201)
	}
}

func main() {
	out := flag.String("out", "", "file of the ledger")
	flag.Parse()
	var major, minor int
	if _, err := fmt.Sscanf(runtime.Version(), "go%d.%d", &major, &minor); err != nil {
		panic(err)
	}
	swiss = minor >= 24
	fmt.Println("ready", os.Getpid())
	in := bufio.NewReader(os.Stdin)
	if _, err := in.ReadString('\n'); err != nil {
		os.Exit(1)
	}
	work()
	if err := os.WriteFile(*out, ledger.Bytes(), 0o600); err != nil {
		panic(err)
	}
	fmt.Println("done")
	_, _ = io.Copy(io.Discard, in)
}
