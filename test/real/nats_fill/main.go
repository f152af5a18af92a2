// Command nats_fill gives a server much to remember: subscriptions of many connections, and messages of a stream in
// memory. It says "filled" and keeps all of it until its standard input ends.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "nats_fill:", err)
		os.Exit(1)
	}
}

func main() {
	url := flag.String("url", "nats://127.0.0.1:4222", "the server")
	connections := flag.Int("connections", 3, "connections")
	subscriptions := flag.Int("subscriptions", 8000, "of each connection, each to a subject of its own")
	messages := flag.Int("messages", 40000, "kept in a stream")
	flag.Parse()
	for id := 0; id < *connections; id++ {
		nc, err := nats.Connect(*url, nats.Name(fmt.Sprintf("fill-%d", id)))
		check(err)
		defer nc.Close()
		for i := 0; i < *subscriptions; i++ {
			_, err := nc.Subscribe(fmt.Sprintf("fill.%d.%d", id, i), func(*nats.Msg) {})
			check(err)
		}
		check(nc.Flush())
	}
	store(*url, *messages)
	fmt.Println("filled")
	io.Copy(io.Discard, os.Stdin)
}

func store(url string, messages int) {
	nc, err := nats.Connect(url)
	check(err)
	js, err := nc.JetStream(nats.PublishAsyncMaxPending(4096))
	check(err)
	_, err = js.AddStream(&nats.StreamConfig{Name: "FILL", Subjects: []string{"kept.*"}, Storage: nats.MemoryStorage})
	check(err)
	for i := 0; i < messages; i++ {
		_, err := js.PublishAsync(fmt.Sprintf("kept.%d", i%1000), []byte("message"), nats.StallWait(time.Minute))
		check(err)
	}
	<-js.PublishAsyncComplete()
}
