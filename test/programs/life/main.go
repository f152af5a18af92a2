// What targets do to an audit: short runs, maps that take the place of others, a program that starts itself anew.
package main

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"time"
)

type big struct{ A [40]int64 }

type pair struct{ A, B string }

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
	pairs := map[pair]int{{"left", "right"}: 1}
	delete(pairs, pair{"left", "right"})
	mixed := map[any]int{pair{"in", "side"}: 1}
	delete(mixed, pair{"in", "side"})
}

// made uses maps of types that exist only from now on.
func made(rounds int) {
	text, number := reflect.TypeOf(""), reflect.TypeOf(0)
	three := reflect.ArrayOf(3, reflect.TypeOf(uint16(0)))
	record := reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: number, Tag: `json:"a"`},
		{Name: "B", Type: text},
	})
	short := reflect.New(three).Elem()
	short.Index(0).SetUint(1)
	short.Index(1).SetUint(2)
	filled := reflect.New(record).Elem()
	filled.Field(0).SetInt(7)
	filled.Field(1).SetString("seven")
	maps := []struct{ m, key reflect.Value }{
		{reflect.MakeMap(reflect.MapOf(text, reflect.TypeOf(big{}))), reflect.ValueOf("dyn")},
		{reflect.MakeMap(reflect.MapOf(three, reflect.SliceOf(reflect.ChanOf(reflect.SendDir, number)))), short},
		{reflect.MakeMap(reflect.MapOf(record, reflect.TypeOf(&pair{}))), filled},
		{reflect.MakeMap(reflect.MapOf(reflect.TypeOf((*any)(nil)).Elem(), reflect.TypeOf(keep))), short},
	}
	for i := 0; i < rounds; i++ {
		for _, one := range maps {
			one.m.SetMapIndex(one.key, reflect.Zero(one.m.Type().Elem()))
			one.m.SetMapIndex(one.key, reflect.Value{})
		}
		if rounds > 1 {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// The main goroutine runs on the program's first thread, and nothing else does.
func init() { runtime.LockOSThread() }

// headless goes on without its first thread, which ends when it is told to.
func headless() {
	go func() {
		for {
			keys()
			time.Sleep(5 * time.Millisecond)
		}
	}()
	os.Stdin.Read(make([]byte, 1))
	syscall.RawSyscall(syscall.SYS_EXIT, 0, 0, 0)
}

func main() {
	switch os.Args[1] {
	case "headless":
		headless()
	case "reuse":
		os.Stdin.Read(make([]byte, 1))
		reuse(50)
		os.Stdin.Read(make([]byte, 1))
	case "keys":
		for {
			keys()
			time.Sleep(5 * time.Millisecond)
		}
	case "reflect":
		made(1 << 30)
	case "reflectonce":
		made(1)
	case "once":
		keys()
	case "told":
		go func() {
			for {
				keys()
				time.Sleep(5 * time.Millisecond)
			}
		}()
		os.Stdin.Read(make([]byte, 1))
		syscall.Exec("/proc/self/exe", []string{"life", "keys"}, os.Environ())
	// Becomes the program that is named, with the arguments that follow.
	case "into":
		go func() {
			for {
				keys()
				time.Sleep(5 * time.Millisecond)
			}
		}()
		os.Stdin.Read(make([]byte, 1))
		syscall.Exec(os.Args[2], os.Args[2:], os.Environ())
	}
}
