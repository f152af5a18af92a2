// Command synctrace does each operation of a sync.Map a known number of times, and writes down which, on which key,
// in which goroutine and on which line, before it does it.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

type point struct{ X, Y int32 }

var shared sync.Map

// goSyntax writes a key as it stands in Go code where an interface is wanted.
func goSyntax(key any) string {
	switch key := key.(type) {
	case int8:
		return fmt.Sprintf("int8(%d)", key)
	case point:
		return fmt.Sprintf("main.point{X: %d, Y: %d}", key.X, key.Y)
	}
	return fmt.Sprintf("%#v", key)
}

// note writes `method key goroutine line` of the operation on the line after the call.
func note(method string, key any) {
	_, _, line, _ := runtime.Caller(1)
	text := "-"
	if method != "Range" && method != "Clear" {
		text = goSyntax(key)
	}
	stack := make([]byte, 64)
	stack = stack[:runtime.Stack(stack, false)]
	fmt.Printf("%s\t%s\t%s\t%d\n", method, text, strings.Fields(string(stack))[1], line+1)
}

func round(key any) {
	note("Store", key)
	shared.Store(key, 1)
	note("Load", key)
	shared.Load(key)
	note("LoadOrStore", key)
	shared.LoadOrStore(key, 2)
	newer(key)
	note("LoadAndDelete", key)
	shared.LoadAndDelete(key)
	note("Delete", key)
	shared.Delete(key)
	note("Range", nil)
	shared.Range(func(k, v any) bool { return true })
}

func main() {
	// So that a tracer can attach first.
	bufio.NewReader(os.Stdin).ReadString('\n')
	keys := []any{"text", 42, point{1, 2}, int8(-3), true}
	for _, key := range keys {
		round(key)
		done := make(chan bool)
		go func() { round(key); close(done) }()
		<-done
	}
	clearAll()
	fmt.Println("end")
	bufio.NewReader(os.Stdin).ReadString('\n')
}
