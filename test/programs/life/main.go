// What targets do to an audit: short runs, maps that take the place of others, a program that starts itself anew.
package main

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

type big struct{ A [40]int64 }

var keep map[string]int

// reuse makes one map after the other, all of the same type and with the same counts, each emptied at its end.
func reuse(n int) {
	for i := 0; i < n; i++ {
		keep = make(map[string]int)
		keep["a"] = 1
		keep["b"] = 2
		delete(keep, "a")
		delete(keep, "b")
		runtime.GC()
	}
}

func keys() {
	texts := map[string]int{}
	bigs := map[big]int{}
	for _, key := range []string{`a"b`, `C:\dir`, "tab\tx", strings.Repeat("long", 100)} {
		texts[key] = 1
		delete(texts, key)
	}
	bigs[big{[40]int64{7}}] = 1
	delete(bigs, big{[40]int64{7}})
}

func main() {
	switch os.Args[1] {
	case "reuse":
		time.Sleep(6 * time.Second)
		reuse(50)
		time.Sleep(200 * time.Millisecond)
	case "keys":
		for {
			keys()
			time.Sleep(5 * time.Millisecond)
		}
	case "once":
		keys()
	case "exec":
		for i := 0; i < 1600; i++ {
			keys()
			time.Sleep(5 * time.Millisecond)
		}
		syscall.Exec("/proc/self/exe", []string{"life", "keys"}, os.Environ())
	}
}
