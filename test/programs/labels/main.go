// Does map operations on goroutines with all kinds of profiler labels, and writes down which labels each of them had.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// key is a type of its own, so that the maps of labels themselves are told from those of the test.
type key int

// row is one operation as the program knows it.
type row struct {
	Goid   int               `json:"goid"`
	Op     string            `json:"op"`
	Key    int               `json:"key"`
	Labels map[string]string `json:"labels"`
}

var (
	lastKey int64
	mu      sync.Mutex
	rows    []row
)

// goid is the number that a goroutine's own stack begins with.
func goid() int {
	var buf [64]byte
	text := string(buf[:runtime.Stack(buf[:], false)])
	id, err := strconv.Atoi(strings.Fields(text)[1])
	if err != nil {
		panic(err)
	}
	return id
}

// worker is one goroutine with a map of its own.
type worker struct {
	goid int
	m    map[key]int
	rows []row
}

func newWorker() *worker { return &worker{goid: goid(), m: map[key]int{}} }

func (w *worker) note(op string, k int, labels map[string]string) {
	own := map[string]string{}
	for name, value := range labels {
		own[name] = value
	}
	w.rows = append(w.rows, row{w.goid, op, k, own})
}

// touch inserts a key, reads it and deletes it under the labels that the goroutine has now.
func (w *worker) touch(labels map[string]string) {
	k := int(atomic.AddInt64(&lastKey, 1))
	w.m[key(k)] = k
	w.note("assign", k, labels)
	if w.m[key(k)] != k {
		panic("not there")
	}
	w.note("access", k, labels)
	delete(w.m, key(k))
	w.note("delete", k, labels)
}

func (w *worker) done() {
	mu.Lock()
	defer mu.Unlock()
	rows = append(rows, w.rows...)
}

// args are labels as pprof.Labels takes them.
func args(labels map[string]string) []string {
	var list []string
	for name, value := range labels {
		list = append(list, name, value)
	}
	return list
}

// do is pprof.Do with a map of labels on top of others; it gives the union to f.
func do(ctx context.Context, before, more map[string]string, f func(context.Context, map[string]string)) {
	all := map[string]string{}
	for name, value := range before {
		all[name] = value
	}
	for name, value := range more {
		all[name] = value
	}
	pprof.Do(ctx, pprof.Labels(args(more)...), func(ctx context.Context) { f(ctx, all) })
}

// inChild runs f on another goroutine, and waits for it.
func inChild(f func(w *worker)) {
	end := make(chan struct{})
	go func() {
		defer close(end)
		w := newWorker()
		f(w)
		w.done()
	}()
	<-end
}

func numbered(n int) map[string]string {
	labels := map[string]string{}
	for i := 0; i < n; i++ {
		labels[fmt.Sprintf("label%02d", i)] = fmt.Sprintf("value of %d", i)
	}
	return labels
}

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanID  = "00f067aa0ba902b7"
)

// The sets that are tried one by one; each has a limit of its own in it.
func sets() []map[string]string {
	list := []map[string]string{
		{"user": "anna"},
		{"route": "/login", "user": "anna", "tenant": "blue"},
		{"empty": ""},
		{"trace_id": traceID, "span_id": spanID},
		{"traceparent": "00-" + traceID + "-" + spanID + "-01"},
		{"dd.trace_id": "12345678901234567890", "span id": "10"},
		{strings.Repeat("n", 48): strings.Repeat("v", 64)},
		{strings.Repeat("n", 49): "name is cut"},
		{"value is cut": strings.Repeat("v", 65)},
		{"character is cut": strings.Repeat("v", 63) + "ü"},
		{"steers": "\x1b[31mred\n\u202e", "quote\"d": "back\\slash"},
		{"__proto__": "no object", "constructor": "x"},
		{"7": "a number"},
	}
	for n := 7; n < 12; n++ {
		list = append(list, numbered(n))
	}
	return append(list, numbered(40))
}

func oneByOne() {
	w := newWorker()
	defer w.done()
	ctx := context.Background()
	w.touch(nil)
	// The text of this one is in the binary alone, and nobody has looked at it.
	pprof.Do(ctx, pprof.Labels("never read before", "nor this"), func(context.Context) {
		w.touch(map[string]string{"never read before": "nor this"})
	})
	w.touch(nil)
	for _, set := range sets() {
		do(ctx, nil, set, func(ctx context.Context, all map[string]string) {
			w.touch(all)
			// Nested: one more, and one that hides another.
			do(ctx, all, map[string]string{"inner": "yes", "user": "bert"}, func(_ context.Context, both map[string]string) {
				w.touch(both)
			})
			w.touch(all)
			// Inherited, then changed there: not here.
			inChild(func(child *worker) {
				child.touch(all)
				pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("own", "child")))
				child.touch(map[string]string{"own": "child"})
				pprof.SetGoroutineLabels(context.Background())
				child.touch(nil)
				inChild(func(grandchild *worker) { grandchild.touch(nil) })
			})
			w.touch(all)
		})
		w.touch(nil)
	}
}

// Who traces has to say of each type of map once that it is not wanted: so many operations at once, on a machine that
// has no processor free for that, would fill any ring before.
const (
	settle = 500 * time.Millisecond
	pace   = 5 * time.Millisecond
)

// manyGoroutines changes labels all the time, while the memory of older ones is collected and used again.
func manyGoroutines(goroutines, rounds int) {
	var wg sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		wg.Add(1)
		go func(seed int64) {
			defer wg.Done()
			random := rand.New(rand.NewSource(seed))
			w := newWorker()
			defer w.done()
			for i := 0; i < rounds; i++ {
				time.Sleep(pace)
				if random.Intn(4) == 0 {
					w.touch(nil)
				}
				set := map[string]string{}
				for n := random.Intn(10); n >= 0; n-- {
					set[fmt.Sprintf("n%d", random.Intn(40))] = fmt.Sprintf("%d-%d-%d", seed, i, random.Intn(1<<30))
				}
				do(context.Background(), nil, set, func(_ context.Context, all map[string]string) { w.touch(all) })
			}
		}(int64(g))
	}
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
				time.Sleep(pace / 5)
			}
		}
	}()
	wg.Wait()
	close(stop)
}

func main() {
	out := flag.String("out", "", "where the ledger is written")
	goroutines := flag.Int("goroutines", 20, "that change their labels at once")
	rounds := flag.Int("rounds", 100, "of each")
	flag.Parse()
	fmt.Println("pid", os.Getpid())
	wait := bufio.NewReader(os.Stdin)
	if _, err := wait.ReadString('\n'); err != nil {
		return
	}
	oneByOne()
	time.Sleep(settle)
	manyGoroutines(*goroutines, *rounds)
	var ledger bytes.Buffer
	encoder := json.NewEncoder(&ledger)
	for _, one := range rows {
		if err := encoder.Encode(one); err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(*out, ledger.Bytes(), 0o600); err != nil {
		panic(err)
	}
	fmt.Println("done")
	_, _ = wait.ReadString('\n')
}
