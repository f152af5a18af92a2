// Command ledger does random operations on maps of all kinds and writes down what it did, so that a test can
// hold mapaudit's account against it: test/ledger.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// world is one map of one variety, with everything that can be done to it.
type world interface {
	assign(g *ledger, r uint64)
	update(g *ledger, r uint64)
	remove(g *ledger, r uint64)
	removeInlined(g *ledger, r uint64)
	read(g *ledger, r uint64)
	rangeDelete(g *ledger, r uint64)
	clearLoop(g *ledger)
	isNil() bool
	size() int
	renew()
}

type kind struct {
	name    string
	fresh   func() world
	nothing func() world
}

var (
	kinds    []kind
	clearAll func(g *ledger, w world)

	events     = flag.Int("ops", 100000, "operations to write down, about")
	rate       = flag.Int("rate", 0, "operations a second over all goroutines; 0: as many as possible")
	seed       = flag.Int64("seed", 1, "of the random numbers")
	goroutines = flag.Int("goroutines", 8, "that work at a time")
	out        = flag.String("out", "ledger.tsv", "file to write")
	profile    = flag.Bool("profile", false, "profile the CPU meanwhile, at 500 Hz")
	stacks     = flag.Bool("stacks", false, "also the stack of each operation")
	reads      = flag.Bool("reads", false, "also reads and iterations")
	idiom      = flag.Bool("idiom", true, "also delete loops that are compiled into a clear (not with -race or -N)")
	wait       = flag.Bool("wait", false, "wait for a line on stdin before the first operation, and before the end")
)

var done int64

func main() {
	flag.Parse()
	file, err := os.Create(*out)
	check(err)
	stdin := bufio.NewReader(os.Stdin)
	fmt.Println("ready", os.Getpid())
	if *wait {
		_, err := stdin.ReadString('\n')
		check(err)
	}
	if *profile {
		runtime.SetCPUProfileRate(500)
		check(pprof.StartCPUProfile(io.Discard))
	}
	stop := make(chan struct{})
	go disturb(stop)
	run(file)
	close(stop)
	check(file.Close())
	fmt.Println("done", atomic.LoadInt64(&done))
	if *wait {
		_, _ = stdin.ReadString('\n')
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "ledger:", err)
		os.Exit(1)
	}
}

// run lets goroutines work until enough is done. Each writes its own ledger; some live for a few operations only.
func run(file *os.File) {
	var group sync.WaitGroup
	var lock sync.Mutex
	save := func(g *ledger) {
		lock.Lock()
		defer lock.Unlock()
		_, err := file.Write(g.text)
		check(err)
	}
	atTheEdge(&group, save)
	common := newShared()
	for i := 0; i < *goroutines; i++ {
		group.Add(1)
		i := i
		go func() {
			defer group.Done()
			random := rand.New(rand.NewSource(*seed + int64(i)))
			bound := i%4 == 0
			if bound {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			g := newLedger(bound)
			if i == 1 {
				flood(g)
			}
			own := ownWorlds(random)
			for atomic.LoadInt64(&done) < int64(*events) {
				started := time.Now()
				before := g.count
				burst(g, random, own, common)
				if random.Intn(20) == 0 {
					group.Add(1)
					n := random.Int63()
					go func() {
						defer group.Done()
						r := rand.New(rand.NewSource(n))
						short := newLedger(false)
						burst(short, r, ownWorlds(r)[:4], common)
						atomic.AddInt64(&done, short.count)
						save(short)
					}()
				}
				atomic.AddInt64(&done, g.count-before)
				pace(started, g.count-before)
			}
			save(g)
		}()
	}
	group.Wait()
}

func pace(started time.Time, n int64) {
	if *rate == 0 {
		return
	}
	due := time.Duration(float64(n) * float64(*goroutines) / float64(*rate) * float64(time.Second))
	time.Sleep(due - time.Since(started))
}

func ownWorlds(random *rand.Rand) []world {
	var worlds []world
	for _, i := range random.Perm(len(kinds)) {
		worlds = append(worlds, kinds[i].fresh())
	}
	return worlds
}

// shared is a map of each variety under a lock.
type shared struct {
	lock   sync.RWMutex
	worlds []world
}

func newShared() *shared {
	s := &shared{}
	for _, k := range kinds {
		s.worlds = append(s.worlds, k.fresh())
	}
	return s
}

// burst does some dozens of operations.
func burst(g *ledger, random *rand.Rand, own []world, common *shared) {
	for i := 0; i < 40; i++ {
		w := own[random.Intn(len(own))]
		r := uint64(random.Intn(200))
		if random.Intn(40) == 0 {
			r = random.Uint64() >> 20
		}
		switch n := random.Intn(100); {
		case n < 12:
			common.lock.Lock()
			operate(g, random, common.worlds[random.Intn(len(common.worlds))], r)
			common.lock.Unlock()
		case n < 20:
			g.depth += recurse(random.Intn(200), func() { operate(g, random, w, r) })
		case n < 22:
			reflected(g, random, r)
		case n < 24:
			onStack(g, r)
		case n < 26:
			generic(g, r)
		case n < 27:
			onNil(g, random, r)
			if random.Intn(4) == 0 {
				syncMap(g, r)
			}
		case n < 28 && clearAll != nil:
			modern(g, random, w, r)
		default:
			operate(g, random, w, r)
		}
	}
	if random.Intn(50) == 0 {
		runtime.GC()
	}
}

func operate(g *ledger, random *rand.Rand, w world, r uint64) {
	switch n := random.Intn(100); {
	case n < 40:
		w.assign(g, r)
	case n < 52:
		w.update(g, r)
	case n < 75:
		w.remove(g, r)
	case n < 85:
		w.removeInlined(g, r)
	case n < 95:
		if *reads {
			w.read(g, r)
		}
	case n < 97:
		w.rangeDelete(g, r)
	case n < 98:
		if *idiom {
			w.clearLoop(g)
		}
	case w.size() > 300:
		w.renew()
	}
}

// onNil deletes from, clears and reads maps that are nil.
func onNil(g *ledger, random *rand.Rand, r uint64) {
	w := kinds[random.Intn(len(kinds))].nothing()
	w.remove(g, r)
	w.rangeDelete(g, r)
	if *reads {
		w.read(g, r)
	}
}

// recurse goes n frames deep before it acts, so that the stack grows in the middle of things.
//
//go:noinline
func recurse(n int, act func()) int {
	var frame [256]byte
	frame[n%256] = 1
	if n == 0 {
		act()
		return int(frame[0])
	}
	return recurse(n-1, act) + int(frame[n%256])
}

// atTheEdge deletes in goroutines that are each one frame deeper than the one before. In some of them it is the
// map function that finds the stack too small: it is begun again after the stack has grown.
func atTheEdge(group *sync.WaitGroup, save func(*ledger)) {
	for depth := 0; depth < 256; depth++ {
		m, depth := map[int64]int64{}, depth
		group.Add(1)
		go func() {
			defer group.Done()
			g := descend(depth, m)
			atomic.AddInt64(&done, g.count)
			save(g)
		}()
	}
}

//go:noinline
func descend(n int, m map[int64]int64) *ledger {
	if n == 0 {
		return deleteAtTheEdge(m)
	}
	return descend(n-1, m)
}

var edgeSite site

// deleteAtTheEdge calls nothing before the delete, so that the stack does not grow earlier.
//
//go:noinline
func deleteAtTheEdge(m map[int64]int64) *ledger {
	s := &edgeSite
	if atomic.LoadInt32(&s.line) == 0 {
		s.below(2)
	}
	delete(m, 1)
	g := newLedger(false)
	b := g.begin(s, "delete", "runtime.mapdelete_fast64", addressOf(m), newNumber(), "map[int64]int64")
	g.end(appendInt(b, 1), s, whole, 0, 0)
	return g
}

// disturb collects garbage and keeps a processor busy without a call, so that goroutines are preempted.
func disturb(stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(20 * time.Millisecond):
			n := 0
			for started := time.Now(); time.Since(started) < time.Millisecond; {
				n++
			}
			sinkBusy = n
			runtime.GC()
		}
	}
}

var sinkBusy int

var reflectSite = site{name: "reflect."}

// reflected works through reflect; the callers are functions of that package.
func reflected(g *ledger, random *rand.Rand, r uint64) {
	v, number := reflect.ValueOf(g.heap(map[pair]int{})), newNumber()
	k, e := pair{int32(r), 1, true}, reflect.ValueOf(int(r))
	row := func(op string, n int, found int8) {
		b := g.begin(&reflectSite, op, "-", v.UnsafePointer(), number, "map[main.pair]int")
		g.end(k.text(b), &reflectSite, whole, n, found)
	}
	v.SetMapIndex(reflect.ValueOf(k), e)
	row("assign", 0, 0)
	v.SetMapIndex(reflect.ValueOf(k), e)
	row("assign", 1, 1)
	if !v.MapRange().Next() {
		panic("empty")
	}
	b := g.begin(&reflectSite, "iterate", "-", v.UnsafePointer(), number, "map[main.pair]int")
	g.end(append(b, '0'), &reflectSite, whole, 1, -1)
	v.SetMapIndex(reflect.ValueOf(k), reflect.Value{})
	row("delete", 1, 1)
	v.SetMapIndex(reflect.ValueOf(k), reflect.Value{})
	row("delete", 0, 0)
	reflectedText(g, r)
	if random.Intn(4) == 0 {
		reflectedGrowth(g, r)
	}
}

func reflectedText(g *ledger, r uint64) {
	v, number := reflect.ValueOf(g.heap(map[string]int{})), newNumber()
	k := text(r)
	row := func(op string, n int, found int8) {
		b := g.begin(&reflectSite, op, "-", v.UnsafePointer(), number, "map[string]int")
		g.end(append(b, quoted(k)...), &reflectSite, textCut(k), n, found)
	}
	v.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(int(r)))
	row("assign", 0, 0)
	v.SetMapIndex(reflect.ValueOf(k), reflect.Value{})
	row("delete", 1, 1)
}

func reflectedGrowth(g *ledger, r uint64) {
	v, number := reflect.ValueOf(g.heap(map[int]int{})), newNumber()
	for i := 0; i < 12; i++ {
		k, before := int(r)+i, markOf(v.UnsafePointer())
		v.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(i))
		b := g.begin(&reflectSite, "assign", "-", v.UnsafePointer(), number, "map[int]int")
		g.end(appendInt(b, int64(k)), &reflectSite, whole, i, 0)
		g.grew(&reflectSite, before, v.UnsafePointer(), number, "map[int]int", i)
	}
}

var stackSites [3]site

// onItsStack stands for the number of a map on the goroutine's stack.
const onItsStack = -1

// onStack works on a map that never leaves the goroutine's stack.
//
//go:noinline
func onStack(g *ledger, r uint64) {
	m := map[int64]int64{}
	row := func(s *site, op, function string, n int, found int8) {
		b := g.begin(s, op, function, nil, onItsStack, "map[int64]int64")
		g.end(appendInt(b, int64(r)), s, whole, n, found)
	}
	s := &stackSites[0]
	s.here()
	m[int64(r)] = 1
	row(s, "assign", "runtime.mapassign_fast64", 0, 0)
	s = &stackSites[1]
	s.here()
	delete(m, int64(r))
	row(s, "delete", "runtime.mapdelete_fast64", 1, 1)
	s = &stackSites[2]
	s.here()
	delete(m, int64(r))
	row(s, "delete", "runtime.mapdelete_fast64", 0, 0)
}

var floodSite site

// flood makes one map large: its tables are doubled, and in the end split.
//
//go:noinline
func flood(g *ledger) {
	m, number := map[uint64]int64{}, newNumber()
	g.heap(m)
	s := &floodSite
	for k := uint64(0); k < 2000; k++ {
		before := markOf(addressOf(m))
		s.here()
		m[k] = 1
		b := g.begin(s, "assign", "runtime.mapassign_fast64", addressOf(m), number, "map[uint64]int64")
		g.end(appendInt(b, int64(k)), s, whole, int(k), 0)
		g.grew(s, before, addressOf(m), number, "map[uint64]int64", int(k))
	}
}

var genericSites [2]site

// generic works in a function with type parameters.
func generic(g *ledger, r uint64) {
	texts, numbers := []string{text(r)}, []int32{int32(r)}
	if r%4 == 0 {
		for i := 0; i < 12; i++ {
			texts, numbers = append(texts, "\x00"+strconv.Itoa(i)), append(numbers, -1-int32(i))
		}
	}
	put(g, map[string]int64{}, texts, "map[string]int64", func(g *ledger, b []byte, s *site, k string, n int, found int8) {
		g.end(append(b, quoted(k)...), s, textCut(k), n, found)
	})
	put(g, map[int32]int64{}, numbers, "map[int32]int64", func(g *ledger, b []byte, s *site, k int32, n int, found int8) {
		g.end(appendInt(b, int64(k)), s, whole, n, found)
	})
}

//go:noinline
func put[K comparable](g *ledger, m map[K]int64, keys []K, name string, end func(*ledger, []byte, *site, K, int, int8)) {
	number := newNumber()
	g.heap(m)
	s := &genericSites[0]
	for i, k := range keys {
		before := markOf(addressOf(m))
		s.here()
		m[k] = 1
		end(g, g.begin(s, "assign", "-", addressOf(m), number, name), s, k, i, 0)
		g.grew(s, before, addressOf(m), number, name, i)
	}
	s = &genericSites[1]
	s.here()
	delete(m, keys[0])
	end(g, g.begin(s, "delete", "-", addressOf(m), number, name), s, keys[0], len(keys), 1)
}
