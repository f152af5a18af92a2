// Command nats_load publishes and subscribes a bounded number of messages over several connections, and ends
// when each of them has arrived.
package main

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// subjects are many, so that the server's caches of subjects are written to, too.
const subjects = 300

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "nats_load:", err)
		os.Exit(1)
	}
}

// client is one connection: it subscribes to its subjects, publishes to all, and unsubscribes half-way.
func client(url string, id, messages int, arrived *atomic.Int64) {
	nc, err := nats.Connect(url, nats.Name(fmt.Sprintf("load-%d", id)))
	check(err)
	defer nc.Close()
	own, err := nc.Subscribe(fmt.Sprintf("load.%d.>", id), func(*nats.Msg) { arrived.Add(1) })
	check(err)
	check(nc.Flush())
	for i := 0; i < messages; i++ {
		check(nc.Publish(fmt.Sprintf("load.%d.%d", id, i%subjects), []byte("message")))
		if i%1000 != 0 {
			continue
		}
		short, err := nc.SubscribeSync(fmt.Sprintf("short.%d.%d", id, i))
		check(err)
		check(nc.Flush())
		check(short.Unsubscribe())
	}
	check(nc.Flush())
	for end := time.Now().Add(30 * time.Second); arrivedOf(own) < int64(messages) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

func arrivedOf(s *nats.Subscription) int64 {
	n, err := s.Delivered()
	check(err)
	return n
}

func main() {
	url := flag.String("url", "nats://127.0.0.1:4222", "the server")
	connections := flag.Int("connections", 4, "connections, each with a subscription of its own")
	messages := flag.Int("messages", 5000, "messages of each connection")
	flag.Parse()
	var arrived atomic.Int64
	var all sync.WaitGroup
	for id := 0; id < *connections; id++ {
		all.Add(1)
		go func() {
			defer all.Done()
			client(*url, id, *messages, &arrived)
		}()
	}
	all.Wait()
	fmt.Println(arrived.Load(), "messages arrived")
	if want := int64(*connections) * int64(*messages); arrived.Load() != want {
		check(fmt.Errorf("%d messages were sent", want))
	}
}
