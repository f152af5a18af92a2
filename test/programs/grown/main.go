// Grows maps in known ways, looks at their headers after each write, and writes down what has changed in them:
// operation, entries before, size before and after, why, entries moved, and the key and line of the insert.
//
//	grown -out FILE
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
	"strings"
	"unsafe"
)

var ledger bytes.Buffer

// swiss says how the maps of this program lie in memory.
var swiss bool

// what is known of the write that is under way.
var (
	currentKey  string
	currentLine int
)

// remade is set once a map was remade at its own size. When that happens hangs on the seed of the hash.
var remade bool

func note(op string, length, from, to int, why string, moved int) {
	remade = remade || op == "evacuate" && why == "overflow" || op == "rehash" && why == "tombstones"
	fmt.Fprintf(&ledger, "%s\t%d\t%d\t%d\t%s\t%d\t%s\t%d\n", op, length, from, to, why, moved, currentKey, currentLine)
}

// here is the line of its caller, less `back`.
func here(back int) int {
	_, _, line, _ := runtime.Caller(1)
	return line - back
}

//go:noinline
func insert(m map[int]int, key int) {
	m[key] = key
	currentLine = here(1)
}

//go:noinline
func insertText(m map[string]int, key string) {
	m[key] = 1
	currentLine = here(1)
}

//go:noinline
func insertSmall(m map[int32]bool, key int32) {
	m[key] = true
	currentLine = here(1)
}

type point struct {
	x, y int
	name string
}

//go:noinline
func insertPoint(m map[point]int, key point) {
	m[key]++
	currentLine = here(1)
}

//go:noinline
func remove(m map[int]int, key int) {
	delete(m, key)
	currentLine = here(1)
}

//go:noinline
func wipe(m map[int]int) {
	for key := range m {
		delete(m, key)
	}
}

// watched does something to the map whose header this is, and notes how it differs afterwards.
func watched(header unsafe.Pointer, do func()) {
	if swiss {
		before := swissOf(header)
		do()
		before.compare(swissOf(header))
		return
	}
	before := classicOf(header)
	do()
	before.compare(classicOf(header))
}

func headerOf(m map[int]int) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&m)) }

func fill(m map[int]int, from, to int) {
	for key := from; key < to; key++ {
		k := key
		currentKey = fmt.Sprint(k)
		watched(headerOf(m), func() { insert(m, k) })
	}
}

func drain(m map[int]int, from, to int) {
	for key := from; key < to; key++ {
		k := key
		currentKey = fmt.Sprint(k)
		watched(headerOf(m), func() { remove(m, k) })
	}
}

var kept []interface{}

var texts = map[string]int{}

func work() {
	plain := map[int]int{}
	kept = append(kept, plain)
	fill(plain, 0, 20000)
	wipe(plain)
	currentKey, currentLine = "", 0
	note("clear", 20000, 0, 0, "", 0)
	fill(plain, 0, 3000)

	sized := make(map[int]int, 500)
	kept = append(kept, sized)
	fill(sized, 0, 5000)

	// The oldest of a few keys goes for each that comes: overflow chains, or tombstones.
	churned := make(map[int]int, 1)
	kept = append(kept, churned)
	fill(churned, 0, 200)
	for i := 0; i < 60000 || !remade && i < 3000000; i++ {
		drain(churned, i, i+1)
		fill(churned, i+200, i+201)
	}

	// The other ways in which keys are passed.
	small := map[int32]bool{}
	points := map[point]int{}
	kept = append(kept, small, points)
	for i := 0; i < 3000; i++ {
		text, number, at := fmt.Sprintf("key:%d", i), int32(-i), point{i, -i, fmt.Sprint("p", i)}
		currentKey = fmt.Sprintf("%q", text)
		watched(*(*unsafe.Pointer)(unsafe.Pointer(&texts)), func() { insertText(texts, text) })
		currentKey = fmt.Sprint(number)
		watched(*(*unsafe.Pointer)(unsafe.Pointer(&small)), func() { insertSmall(small, number) })
		currentKey = fmt.Sprintf("main.point{x: %d, y: %d, name: %q}", at.x, at.y, at.name)
		watched(*(*unsafe.Pointer)(unsafe.Pointer(&points)), func() { insertPoint(points, at) })
	}
}

func main() {
	out := flag.String("out", "", "file of the ledger")
	flag.Parse()
	var major, minor int
	if _, err := fmt.Sscanf(runtime.Version(), "go%d.%d", &major, &minor); err != nil {
		panic(err)
	}
	swiss = minor >= 24 && !strings.Contains(runtime.Version(), "noswissmap")
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
