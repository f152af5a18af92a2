// Program vars prints where its variables are and what they hold, one JSON object a line, and waits for the end
// of its input.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	store "example.com/vars/store.v2"
	"example.com/vars/store.v2/inner"
)

type ID int32

type Session struct {
	User  string
	Count int
	Data  map[string][]byte
	Next  *Session
}

type base struct {
	Level int8
	Deep  map[ID]string
}

type Named map[string]ID

type Pair[K comparable, V any] struct {
	Key  K
	Rest map[K]V
}

type Visitor interface{ Visit() int }

func (s *Session) Visit() int { return s.Count }

type direct struct{ p *Session }

func (d direct) Visit() int { return 1 }

type Cache struct {
	mu sync.Mutex
	base
	*Session
	sessions map[string]*Session
	list     []*Session
	grid     [3]map[ID]uint8
	any      interface{}
	visitor  Visitor
	inAny    interface{}
	flat     struct{ X, Y int16 }
	missing  *Session
	empty    map[string]int
	named    Named
	pair     Pair[string, float64]
	self     *Cache
	when     func()
}

var (
	cache    = &Cache{}
	Cache2   = Cache{}
	plain    = map[int]string{1: "one"}
	nilMap   map[string]int
	number   = int64(-42)
	floats   = []float64{1.5, 2.5}
	text     = "hello"
	pointer  = &number
	twice    = &pointer
	mapPtr   = &plain
	whatever interface{}
	syncMap  sync.Map
	value    atomic.Value
	nested   = map[string]map[string]int{"a": {"b": 1}}
	index    = 1
	structs  = map[string]Session{"x": {User: "in-map"}}
	large    *Large
	chans    = make(chan map[string]int, 1)
)

// Large is of a size for which the runtime keeps the type beside the object, from Go 1.22 on.
type Large struct {
	pad    [600]byte
	Inside map[string]int8
}

//go:noinline
func newLarge() *Large { return &Large{Inside: map[string]int8{"large": 1}} }

// use has the code from which maps of variables can be told without debug information.
//
//go:noinline
func use(key string, n int) int {
	Cache2.sessions[key] = nil
	delete(cache.sessions, key)
	n += structs[key].Count
	return len(plain[n]) + nested[key][key] + len(cache.Deep[ID(n)])
}

type line struct {
	Expr   string `json:"expr"`
	Type   string `json:"type"`
	Addr   uint64 `json:"addr"`
	Desc   uint64 `json:"desc"`
	Header uint64 `json:"header,omitempty"`
	Text   string `json:"text,omitempty"`
	Key    string `json:"key,omitempty"`
	Local  string `json:"local,omitempty"`
}

var (
	out   = json.NewEncoder(os.Stdout)
	outMu sync.Mutex
)

func print(l line) {
	outMu.Lock()
	defer outMu.Unlock()
	if err := out.Encode(l); err != nil {
		panic(err)
	}
}

func typeWord(i interface{}) uint64 { return uint64((*[2]uintptr)(unsafe.Pointer(&i))[0]) }

// say prints what a pointer points to.
func say(expr string, p interface{}) {
	v := reflect.ValueOf(p)
	elem := v.Elem()
	l := line{Expr: expr, Type: elem.Type().String(), Addr: uint64(v.Pointer())}
	l.Desc = typeWord(reflect.Zero(elem.Type()).Interface())
	switch elem.Kind() {
	case reflect.Map:
		l.Header = uint64(elem.Pointer())
	case reflect.String:
		l.Text = elem.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		l.Text = fmt.Sprint(elem.Int())
	case reflect.Interface:
		l.Desc = 0
	}
	print(l)
}

func fill() {
	s := &Session{User: "anna", Count: 5, Data: map[string][]byte{"k": []byte("v")}}
	t := &Session{User: "bob", Count: 6, Next: s}
	*cache = Cache{
		base:     base{Level: -3, Deep: map[ID]string{7: "seven"}},
		Session:  t,
		sessions: map[string]*Session{"a": s, "b": t},
		list:     []*Session{s, nil, t},
		grid:     [3]map[ID]uint8{nil, {1: 2}, nil},
		any:      map[string]float32{"f": 1},
		visitor:  s,
		inAny:    direct{t},
		named:    Named{"n": 1},
		pair:     Pair[string, float64]{Key: "p", Rest: map[string]float64{"q": 2}},
	}
	cache.flat.Y = 99
	cache.self = cache
	Cache2.sessions = map[string]*Session{}
	Cache2.visitor = direct{s}
	whatever = map[ID]bool{3: true}
	value.Store(map[string]string{"config": "x"})
	large = newLarge()
	index += use("k", 0) & 0
	syncMap.Store("key", map[string]int{"in": 1})
}

func sayAll() {
	say("main.cache", &cache)
	say("*main.cache", cache)
	say("main.cache.sessions", &cache.sessions)
	say("main.cache.Level", &cache.Level)
	say("main.cache.base.Deep", &cache.base.Deep)
	say("main.cache.Deep", &cache.Deep)
	say("main.cache.User", &cache.User)
	say("main.cache.Next.User", &cache.Next.User)
	say("main.cache.list", &cache.list)
	say("main.cache.list[2].Next.Data", &cache.list[2].Next.Data)
	say("main.cache.grid[1]", &cache.grid[1])
	say("main.cache.grid[main.index]", &cache.grid[index])
	say("main.cache.any", &cache.any)
	say("main.cache.visitor.(*main.Session).Data", &cache.visitor.(*Session).Data)
	say("main.cache.inAny.(main.direct).p.User", &cache.inAny.(direct).p.User)
	say("main.Cache2.visitor.(main.direct).p.Count", &Cache2.visitor.(direct).p.Count)
	say("main.cache.flat.Y", &cache.flat.Y)
	say("main.cache.self.self.named", &cache.self.self.named)
	say("main.cache.pair.Rest", &cache.pair.Rest)
	say("main.cache.empty", &cache.empty)
	say("main.Cache2.sessions", &Cache2.sessions)
	say("main.Cache2", &Cache2)
	say("main.plain", &plain)
	say("main.nilMap", &nilMap)
	say("main.number", &number)
	say("main.text", &text)
	say("*main.pointer", pointer)
	say("**main.twice", *twice)
	say("*main.mapPtr", mapPtr)
	say("(*main.cache).sessions", &cache.sessions)
	say("main.floats[1]", &floats[1])
	say("main.nested", &nested)
	say("main.structs", &structs)
	say("main.syncMap", &syncMap)
	say("main.index", &index)
	say("main.large.Inside", &large.Inside)
	say("example.com/vars/store.v2.Main", &store.Main)
	say("*store.Main", store.Main)
	shelf := store.Main.Items()
	print(line{Expr: "store.Main.items", Type: "map[string]*store.Item", Header: header(shelf)})
	print(line{Expr: "store.counts", Type: "map[int]int", Header: header(store.Counts())})
	print(line{Expr: "inner.Cache", Type: "map[string]int", Header: header(inner.Cache)})
	print(line{Expr: "main.cache.any.(map[string]float32)", Type: "map[string]float32", Header: header(cache.any)})
	print(line{Expr: "main.whatever.(map[main.ID]bool)", Type: "map[main.ID]bool", Header: header(whatever)})
}

func header(m interface{}) uint64 { return uint64(reflect.ValueOf(m).Pointer()) }

//go:noinline
func park(stop chan bool, m map[string]uint16, ready chan<- bool) int {
	local := map[ID]*Session{4: nil}
	inOuter := map[string]uint32{}
	for i := 0; i < len(os.Args)+20; i++ {
		local[ID(i)] = nil
		inOuter[fmt.Sprint(i)] = 1
	}
	print(line{Local: "m", Type: "map[string]uint16", Header: header(m)})
	print(line{Local: "local", Type: "map[main.ID]*main.Session", Header: header(local)})
	print(line{Local: "inOuter", Type: "map[string]uint32", Header: header(inOuter)})
	n := deeper(stop, inOuter, ready)
	return n + len(local) + len(m) + len(inOuter)
}

//go:noinline
func deeper(stop chan bool, given map[string]uint32, ready chan<- bool) int {
	print(line{Local: "given", Type: "map[string]uint32", Header: header(given)})
	ready <- true
	<-stop
	given["later"] = 2
	runtime.KeepAlive(given)
	return len(given)
}

func main() {
	fill()
	sayAll()
	ready := make(chan bool)
	stop := make(chan bool)
	go func() {
		captured := map[string]uint16{"x": 1}
		os.Stderr.WriteString(fmt.Sprint("done ", park(stop, captured, ready), "\n"))
	}()
	<-ready
	print(line{Expr: "ready"})
	if _, err := io.ReadAll(os.Stdin); err != nil {
		panic(err)
	}
	close(stop)
	runtime.KeepAlive(chans)
}
