package mapaudit

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

type pair struct{ a, b string }

// kept maps lie on the heap: those on a stack move with it.
var kept map[string]int

//go:noinline
func deleteFrom(m map[string]int, key string) { delete(m, key) }

func needHook(t *testing.T) {
	t.Helper()
	if !Active() {
		t.Skip("built without the hook: run with mapaudit go test")
	}
}

func TestWithoutHook(t *testing.T) {
	if Active() {
		t.Skip("built with the hook")
	}
	OnAssign(func(Event) { t.Error("called") })()
	m := map[int]int{}
	OnDelete(func(Event) { t.Error("called") })
	c := Count()
	m[1] = 2
	delete(m, 1)
	c.Stop()
	if all := c.Read(); len(all) != 0 {
		t.Error(all)
	}
}

func TestDelete(t *testing.T) {
	needHook(t)
	m := map[string]int{"a": 1, "b": 2}
	kept = m
	var got []Event
	stop := OnDelete(func(e Event) { got = append(got, e) }, Types("map[string]int"))
	deleteFrom(m, "a")
	stop()
	deleteFrom(m, "b")
	if len(got) != 1 {
		t.Fatal("events:", got)
	}
	e := got[0]
	if e.Op != Delete || e.Key != "a" || e.Type != reflect.TypeOf(m) || e.Map != **(**uintptr)(unsafe.Pointer(ptr(&m))) {
		t.Error(e)
	}
	if name := e.Caller().Function; !strings.HasSuffix(name, "deleteFrom") {
		t.Error("caller:", name)
	}
}

// A map is a pointer to its header.
func ptr(m *map[string]int) unsafe.Pointer { p := unsafe.Pointer(m); return unsafe.Pointer(&p) }

func TestKeys(t *testing.T) {
	needHook(t)
	var keys []any
	defer OnAssign(func(e Event) { keys = append(keys, e.Key) }, TypesLike(
		map[int32]bool(nil), map[uint64]bool(nil), map[pair]bool(nil), map[any]bool(nil), map[*int]bool(nil), map[string]bool(nil)))()
	n := new(int)
	a, b, c := map[int32]bool{}, map[uint64]bool{}, map[pair]bool{}
	d, e, f := map[any]bool{}, map[*int]bool{}, map[string]bool{}
	for i := range [3]int{} {
		a[int32(i)-1] = true
		b[uint64(i)] = true
		c[pair{"x", "y"}] = true
		d[pair{"x", "z"}] = true
		e[n] = true
		f["text"] = true
	}
	want := []any{int32(1), uint64(2), pair{"x", "y"}, pair{"x", "z"}, n, "text"}
	if len(keys) != 18 || !reflect.DeepEqual(keys[12:], want) {
		t.Error(keys)
	}
}

func TestAccessStandIn(t *testing.T) {
	needHook(t)
	m := map[string]int{"a": 1}
	big := map[string][200]int{"a": {1}}
	defer OnAccess(func(e Event) (any, bool) {
		if e.Key != "secret" {
			return nil, false
		}
		if e.Type == reflect.TypeOf(big) {
			return [200]int{7}, true
		}
		return 42, true
	}, TypesLike(m, big))()
	key := func(s string) string { return strings.Clone(s) }
	if v, ok := m[key("secret")]; v != 42 || !ok {
		t.Error(v, ok)
	}
	if v := m[key("a")]; v != 1 {
		t.Error(v)
	}
	if v, ok := m[key("none")]; v != 0 || ok {
		t.Error(v, ok)
	}
	if v := big[key("secret")]; v[0] != 7 {
		t.Error(v[0])
	}
}

func TestGrow(t *testing.T) {
	needHook(t)
	grown := 0
	defer OnGrow(func(e Event) {
		grown++
		if !strings.Contains(e.Caller().Function, "TestGrow") {
			t.Error(e.Caller().Function)
		}
	}, TypesLike(map[int16]pair(nil)))()
	m := map[int16]pair{}
	for i := int16(0); i < 1000; i++ {
		m[i] = pair{}
	}
	if grown < 3 || grown > 1000 {
		t.Error(grown)
	}
}

func TestCallbackMayUseMaps(t *testing.T) {
	needHook(t)
	seen := map[string]int{}
	var lock sync.Mutex
	defer OnAssign(func(e Event) {
		lock.Lock()
		defer lock.Unlock()
		seen[e.Type.String()]++
		runtime.GC()
	}, TypesLike(map[int]int(nil)))()
	var all sync.WaitGroup
	for g := 0; g < 8; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			m := map[int]int{}
			for i := 0; i < 20; i++ {
				m[i] = i
				deep(10 + i)
			}
		}()
	}
	all.Wait()
	if seen["map[int]int"] != 160 {
		t.Error(seen)
	}
}

// deep makes stacks grow while callbacks run.
func deep(n int) int {
	var room [256]byte
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1) + int(room[n%256])
}

func TestPanicLeavesTheGuard(t *testing.T) {
	needHook(t)
	calls := 0
	defer OnAssign(func(Event) { calls++; panic("no") }, TypesLike(map[uint8]int(nil)))()
	m := map[uint8]int{}
	for i := 0; i < 3; i++ {
		func() {
			defer func() { _ = recover() }()
			m[uint8(i)] = 1
		}()
	}
	if calls != 3 || len(m) != 0 {
		t.Error(calls, m)
	}
}

func TestEvery(t *testing.T) {
	needHook(t)
	calls := 0
	defer OnAssign(func(Event) { calls++ }, TypesLike(map[uint16]int(nil)), Every(10))()
	m := map[uint16]int{}
	for i := 0; i < 100; i++ {
		m[uint16(i)] = i
	}
	if calls != 10 {
		t.Error(calls)
	}
}

func TestCount(t *testing.T) {
	needHook(t)
	type mine map[string]uint16
	c := Count(TypesLike(mine(nil)))
	const goroutines, each = 8, 500
	var all sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			m := mine{}
			for i := 0; i < each; i++ {
				m[fmt.Sprint(i)] = 1
				// Reading takes no part in what is counted.
				if i%100 == 0 {
					c.Read()
				}
			}
			for i := 0; i < each; i += 2 {
				delete(m, fmt.Sprint(i))
			}
			if _, ok := m["1"]; !ok {
				t.Error(m)
			}
		}()
	}
	all.Wait()
	c.Stop()
	mine{"after": 1}["after"]++
	sums, lines := map[Op]uint64{}, map[int]bool{}
	for _, counted := range c.Read() {
		sums[counted.Op] += counted.N
		if counted.Type != reflect.TypeOf(mine(nil)) || !strings.Contains(counted.Caller.Function, "TestCount") {
			t.Error(counted)
		}
		if counted.Op != Grow {
			lines[counted.Caller.Line] = true
		}
	}
	if sums[Assign] != goroutines*each || sums[Delete] != goroutines*each/2 || sums[Access] != goroutines || sums[Grow] == 0 {
		t.Error(sums)
	}
	if first := c.Read()[0]; len(lines) != 3 || first.Op != Assign || first.N != goroutines*each {
		t.Error(lines, first)
	}
}

func TestTypesAddUp(t *testing.T) {
	needHook(t)
	calls := 0
	defer OnAssign(func(Event) { calls++ }, Types("map[uint16]int8"), TypesLike(map[int8]uint16(nil)))()
	a, b, c := map[uint16]int8{}, map[int8]uint16{}, map[int8]int8{}
	a[1], b[1], c[1] = 1, 1, 1
	if calls != 2 {
		t.Error(calls, a, b, c)
	}
}

func TestManyAtOnce(t *testing.T) {
	needHook(t)
	const goroutines = 1000
	var in, over sync.WaitGroup
	in.Add(goroutines)
	over.Add(goroutines)
	gate := make(chan struct{})
	stop := OnAssign(func(Event) { in.Done(); <-gate }, TypesLike(map[int]chan struct{}(nil)))
	defer stop()
	for g := 0; g < goroutines; g++ {
		go func() {
			defer over.Done()
			m := map[int]chan struct{}{}
			m[1] = gate
		}()
	}
	in.Wait()
	close(gate)
	over.Wait()
	if Missed() != 0 {
		t.Error("missed:", Missed())
	}
}

// What a read or a delete gets as a key may lie on the stack; Go copies nothing for them.
//
//go:noinline
func readBytes(m map[string]int, b []byte) int { return m[string(b)] }

//go:noinline
func readStack(m map[string]int, n int) int {
	var text [24]byte
	copy(text[:], "a-key-that-lies-on-stack")
	text[0] = byte('a' + n%8)
	return m[string(text[:])]
}

type onStack struct {
	name  string
	any   any
	point *int
	_     [2]float32
}

//go:noinline
func deleteStack(m map[onStack]int, b []byte) {
	n := len(b)
	delete(m, onStack{name: string(b), any: string(b), point: &n})
}

func TestKeysOnStacks(t *testing.T) {
	needHook(t)
	read, structs := map[string]int{}, map[onStack]int{}
	var keys []any
	take := func(e Event) { deep(200); keys = append(keys, e.Key) }
	defer OnAccess(func(e Event) (any, bool) { take(e); return nil, false }, TypesLike(read))()
	defer OnDelete(take, TypesLike(structs))()
	for i := 0; i < 100; i++ {
		done := make(chan struct{})
		go func() {
			defer close(done)
			readStack(read, i)
			b := []byte("alice")
			readBytes(read, b)
			deleteStack(structs, b)
			copy(b, "mallo")
			deep(1000)
		}()
		<-done
		runtime.GC()
	}
	if len(keys) != 300 {
		t.Fatal(len(keys), "keys")
	}
	for i := 0; i < 100; i++ {
		text := string(rune('a'+i%8)) + "-key-that-lies-on-stack"
		if keys[3*i] != text || keys[3*i+1] != "alice" || keys[3*i+2] != (onStack{name: "alice", any: "alice"}) {
			t.Fatal(i, keys[3*i:3*i+3])
		}
	}
}

func TestPanicInGrowth(t *testing.T) {
	needHook(t)
	for _, full := range []int{8, 1000} {
		m := map[int]int{}
		for i := 0; i < full; i++ {
			m[i] = i
		}
		stop := OnGrow(func(Event) { panic("no") }, TypesLike(m))
		written := full
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			for ; written < 100000; written++ {
				m[written] = written
			}
		}()
		stop()
		if len(m) != written {
			t.Error(len(m), "entries, not", written)
		}
		for i := 0; i < 100000; i++ {
			m[i] = -i
		}
		for i := 0; i < 100000; i++ {
			if m[i] != -i {
				t.Fatal(i, m[i])
			}
		}
	}
}

// panicOf gives what f panics with, as text; empty when it does not.
func panicOf(f func()) (text string) {
	defer func() {
		if value := recover(); value != nil {
			text = fmt.Sprint(value)
		}
	}()
	f()
	return ""
}

// With the hook and without: a mistake is the same in every build.
func TestNilPanicsAtTheCall(t *testing.T) {
	all := func(f func(Event), access func(Event) (any, bool), options ...Option) map[string]func() {
		return map[string]func(){
			"OnAssign": func() { OnAssign(f, options...)() },
			"OnDelete": func() { OnDelete(f, options...)() },
			"OnAccess": func() { OnAccess(access, options...)() },
			"OnGrow":   func() { OnGrow(f, options...)() },
			"Count":    func() { Count(options...).Stop() },
		}
	}
	before := len(current())
	for name, call := range all(nil, nil) {
		if name == "Count" {
			continue // which takes no function
		}
		if got := panicOf(call); got != "mapaudit: "+name+": nil function" {
			t.Errorf("%s(nil): %q", name, got)
		}
	}
	ignore := func(Event) (any, bool) { return nil, false }
	for name, call := range all(func(Event) {}, ignore, Every(2), nil) {
		if got := panicOf(call); got != "mapaudit: "+name+": option 2 of 2 is nil" {
			t.Errorf("%s with a nil option: %q", name, got)
		}
	}
	if len(current()) != before {
		t.Error("something listens:", len(current())-before)
	}
}

type slices []int

func (slices) String() string { return "" }

// blank has a field that Go neither hashes nor compares.
type blank struct {
	n int
	_ any
}

func TestUnhashableKeys(t *testing.T) {
	anys, fat, none := map[any]int{1: 1}, map[any][200]int{1: {1}}, map[any]int(nil)
	named, structs, arrays := map[fmt.Stringer]int{}, map[struct{ a, b any }]int{}, map[[2]any]int{}
	blanks, hidden := map[blank]int{}, blank{n: 1}
	*(*any)(unsafe.Pointer(uintptr(unsafe.Pointer(&hidden)) + reflect.TypeOf(hidden).Field(1).Offset)) = []int{}
	slice, nested := any([]int{1}), any(struct{ a [1]any }{[1]any{func() {}}})
	reads := map[string]func() any{
		"value":            func() any { return anys[slice] },
		"value, ok":        func() any { _, ok := anys[slice]; return ok },
		"large":            func() any { return fat[slice][0] },
		"large, ok":        func() any { _, ok := fat[slice]; return ok },
		"nil map":          func() any { return none[slice] },
		"map as key":       func() any { return anys[map[int]int{}] },
		"nested":           func() any { return anys[nested] },
		"no elements":      func() any { return anys[[0][]int{}] },
		"slice in struct":  func() any { return anys[struct{ a []int }{}] },
		"with methods":     func() any { return named[slices{}] },
		"in struct":        func() any { return structs[struct{ a, b any }{1, slice}] },
		"in array":         func() any { return arrays[[2]any{1, slice}] },
		"by reflection":    func() any { return reflect.ValueOf(anys).MapIndex(reflect.ValueOf(&slice).Elem()).IsValid() },
		"hashable":         func() any { return anys["text"] },
		"hashable, nested": func() any { return anys[struct{ a [1]any }{[1]any{nil}}] },
		"hashable struct":  func() any { return structs[struct{ a, b any }{1, nil}] },
		"hashable methods": func() any { return named[nil] },
		"blank field":      func() any { return blanks[hidden] },
	}
	plain := map[string]string{}
	for name, read := range reads {
		plain[name] = panicOf(func() { read() })
		hashable := strings.HasPrefix(name, "hashable") || name == "blank field"
		if hashable != (plain[name] == "") || !hashable && !strings.Contains(plain[name], "hash of unhashable type") {
			t.Errorf("%s, with no callback: %q", name, plain[name])
		}
	}
	calls := 0
	check := func(how string, stand bool) {
		t.Helper()
		for name, read := range reads {
			calls = 0
			var got any
			if text := panicOf(func() { got = read() }); text != plain[name] {
				t.Errorf("%s, with a callback that %s: panic %q, not %q", name, how, text, plain[name])
			}
			if !Active() {
				continue
			}
			if calls != 1 {
				t.Errorf("%s, with a callback that %s: %d calls", name, how, calls)
			}
			if stand && plain[name] == "" && got != 7 {
				t.Errorf("%s, with a callback that %s: %v", name, how, got)
			}
		}
	}
	types := TypesLike(anys, fat, named, structs, arrays, blanks)
	stop := OnAccess(func(Event) (any, bool) { calls++; return nil, false }, types)
	check("looks", false)
	stop()
	defer OnAccess(func(e Event) (any, bool) {
		calls++
		if e.Type == reflect.TypeOf(fat) {
			return [200]int{7}, true
		}
		return 7, true
	}, types)()
	check("stands in", true)
}

func TestOfRuntime(t *testing.T) {
	for function, is := range map[string]bool{
		"runtime.mapassign":                            true,
		"runtime.(*itabTableType).add":                 true,
		"runtime.list[go.shape.*example.com/app.node]": true,
		"runtime.example/app.run":                      false,
		"runtime.example/app/sub.(*cache).drop":        false,
		"runtime/pprof.Do":                             false,
		"main.run":                                     false,
	} {
		if isOfRuntime(function) != is {
			t.Errorf("%s: %v", function, !is)
		}
	}
}
