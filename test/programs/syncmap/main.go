// Fills sync.Maps in ways that leave them in different states, and says what is in each: the ledger. Then, at a line
// on stdin, goroutines change one of them until stdin ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"sync"
)

type id struct {
	Shard int
	Name  string
}
type level int8

var (
	unused   sync.Map
	one      sync.Map
	kinds    sync.Map
	large    sync.Map
	promoted sync.Map
	expunged sync.Map
	amended  sync.Map
	emptied  sync.Map
	busy     sync.Map
	owner    = &struct{ inner *sync.Map }{&sync.Map{}}
)

// The linker drops variables that nothing refers to.
var keep *sync.Map

var out = json.NewEncoder(os.Stdout)

type said struct {
	Name    string            `json:"name"`
	Entries map[string]string `json:"entries"`
}

func say(name string, entries map[string]string) { out.Encode(said{name, entries}) }

func numbers(from, to int) map[string]string {
	entries := map[string]string{}
	for i := from; i < to; i++ {
		entries[fmt.Sprint(i)] = fmt.Sprintf(`"value %d"`, i)
	}
	return entries
}

func store(m *sync.Map, from, to int) {
	for i := from; i < to; i++ {
		m.Store(i, fmt.Sprintf("value %d", i))
	}
}

func promote(m *sync.Map) { m.Range(func(_, _ any) bool { return true }) }

func main() {
	keep = &unused
	say("main.unused", map[string]string{})

	one.Store("a", 1)
	say("main.one", map[string]string{`"a"`: "1"})

	kinds.Store(true, nil)
	kinds.Store(int64(-7), 2.5)
	kinds.Store(level(3), []int{1, 2})
	kinds.Store(id{4, "x"}, &id{5, "y"})
	kinds.Store([2]uint8{1, 2}, map[string]int{"k": 9})
	kinds.Store("quo\"te", id{6, "z"})
	kinds.Store(1.5, "text")
	say("main.kinds", map[string]string{
		"true": "nil", "int64(-7)": "2.5", "main.level(3)": "[]int{1, 2}",
		`main.id{Shard: 4, Name: "x"}`: `&main.id{Shard: 5, Name: "y"}`,
		"[2]uint8{1, 2}":               `map[string]int{"k": 9}`,
		`"quo\"te"`:                    `main.id{Shard: 6, Name: "z"}`,
		"1.5":                          `"text"`,
	})

	store(&large, 0, 9_000)
	for i := 0; i < 9_000; i += 3 {
		large.Delete(i)
	}
	entries := numbers(0, 9_000)
	for i := 0; i < 9_000; i += 3 {
		delete(entries, fmt.Sprint(i))
	}
	say("main.large", entries)

	store(&promoted, 0, 100)
	promote(&promoted)
	promoted.Store(5, "another")
	entries = numbers(0, 100)
	entries["5"] = `"another"`
	promoted.Delete(6)
	delete(entries, "6")
	promoted.Store(7, nil)
	entries["7"] = "nil"
	say("main.promoted", entries)

	store(&expunged, 0, 100)
	promote(&expunged)
	for i := 0; i < 40; i++ {
		expunged.Delete(i)
	}
	store(&expunged, 100, 120)
	expunged.Store(3, "back")
	expunged.Delete(110)
	entries = numbers(40, 120)
	entries["3"] = `"back"`
	delete(entries, "110")
	say("main.expunged", entries)

	store(&amended, 0, 50)
	promote(&amended)
	store(&amended, 50, 60)
	amended.Load(55)
	amended.Load(56)
	say("main.amended", numbers(0, 60))

	store(&emptied, 0, 5000)
	emptied.Range(func(k, _ any) bool {
		emptied.Delete(k)
		return true
	})
	say("main.emptied", map[string]string{})

	owner.inner.Store("in", "side")
	say("*main.owner.inner", map[string]string{`"in"`: `"side"`})

	store(&busy, 0, 2000)
	promote(&busy)
	say("main.busy", numbers(0, 2000))
	fmt.Println(`{"ready":true}`)

	in := bufio.NewScanner(os.Stdin)
	if !in.Scan() {
		return
	}
	for w := 0; w < 2; w++ {
		go change(w)
	}
	for in.Scan() {
	}
}

// Keys below 1000 stay, and keep their value or get another of the same form; others come and go.
func change(seed int) {
	random := rand.New(rand.NewSource(int64(seed)))
	for round := 0; ; round++ {
		stays, goes := random.Intn(1000), 1000+random.Intn(1000)
		busy.Store(stays, fmt.Sprintf("value %d %s", stays, strings.Repeat("x", random.Intn(20))))
		if random.Intn(2) == 0 {
			busy.Delete(goes)
		} else {
			busy.Store(goes, fmt.Sprintf("value %d", goes))
		}
		if round%1000 == 0 {
			promote(&busy)
		}
	}
}
