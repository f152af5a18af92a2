// Command lists holds maps in every place that a map can be reached from, says how many entries each has, and
// keeps writing to some of them until its standard input ends. A line of input makes a map that was not there before.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Cache is a map behind a lock, as concurrent maps are made most often.
type Cache struct {
	mu       sync.Mutex
	sessions map[string]*Session
}

// Session holds a map of its own.
type Session struct {
	ID   int
	Data map[string]int
}

// Shard is one of several.
type Shard struct {
	sync.RWMutex
	items map[uint64][4]uint64
}

// Wide elements are held outside of their slots.
type Wide [200]byte

type holder interface{ hold() }

type inside struct{ deep map[int16]string }

func (*inside) hold() {}

// sink makes what is put into it escape to the heap.
var sink map[int16]int

var (
	plain      = fill(1000)
	empty      = map[int32]bool{}
	unset      map[string]string
	cache      = &Cache{sessions: map[string]*Session{}}
	shards     = []*Shard{{items: map[uint64][4]uint64{}}, {items: map[uint64][4]uint64{}}}
	array      [3]map[string]uint8
	any1       interface{} = map[float64]string{1: "one", 2: "two"}
	held       holder      = &inside{deep: map[int16]string{1: "a", 2: "b", 3: "c"}}
	nested                 = map[string]map[int]bool{"a": {1: true}, "b": {1: true, 2: false}}
	wide                   = map[int]Wide{}
	fat                    = map[[40]int]int{}
	next                   = counter()
	concurrent sync.Map
	holed      = map[int]int{}
	young      map[string]float32
)

// counter counts what it is called with, in a map that nothing else leads to.
func counter() func(string) int {
	seen := map[string]int64{}
	return func(s string) int { seen[s]++; return len(seen) }
}

func fill(n int) map[int]string {
	m := map[int]string{}
	for i := 0; i < n; i++ {
		m[i] = "x"
	}
	return m
}

// say tells of a map: where the tool should find it, and how many entries it has.
func say(name string, length int) { fmt.Printf("%s\t%d\n", name, length) }

//go:noinline
func park(ready *sync.WaitGroup) {
	local := map[string]uint16{"only": 1, "here": 2}
	ready.Done()
	select {
	case <-time.After(time.Hour):
	}
	fmt.Fprintln(io.Discard, len(local), local)
}

//go:noinline
func (c *Cache) put(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[id] = &Session{Data: map[string]int{"n": len(c.sessions)}}
}

//go:noinline
func (c *Cache) churn(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions["churn"] = &Session{ID: i}
	delete(c.sessions, "churn")
}

func write() {
	for i := 0; ; i++ {
		cache.churn(i)
		short := map[int16]int{}
		for k := int16(0); k < 3; k++ {
			short[k] = i
		}
		sink = short
		sink = nil
		time.Sleep(time.Millisecond)
	}
}

func main() {
	for i := 0; i < 300; i++ {
		cache.put(fmt.Sprint("sess:", i))
		shards[1].items[uint64(i)] = [4]uint64{}
		wide[i] = Wide{}
		fat[[40]int{i}] = i
		concurrent.Store(i, i)
		holed[i] = i
		next(fmt.Sprint(i % 50))
	}
	shards[0].items[7] = [4]uint64{}
	array[2] = map[string]uint8{"two": 2}
	for i := 0; i < 280; i++ {
		delete(holed, i)
	}
	var ready sync.WaitGroup
	ready.Add(1)
	go park(&ready)
	ready.Wait()
	say("main.plain", len(plain))
	say("main.empty", len(empty))
	say("main.cache.sessions", len(cache.sessions))
	say(`main.cache.sessions["sess:7"].Data`, 1)
	say("main.shards[0].items", 1)
	say("main.shards[1].items", len(shards[1].items))
	say("main.array[2]", 1)
	say("main.any1.(map[float64]string)", 2)
	say("main.held.(*main.inside).deep", 3)
	say("main.nested", 2)
	say(`main.nested["b"]`, 2)
	say("main.wide", len(wide))
	say("main.fat", len(fat))
	say("main.next{seen}", 50)
	say("main.holed", len(holed))
	say("local", 2)
	say("ready", len(unset))
	fmt.Fprintln(io.Discard, any1, held)
	go write()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		young = map[string]float32{lines.Text(): 1}
	}
}
