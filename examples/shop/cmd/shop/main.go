// Command shop serves a small web shop and, to have something to do, visits it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"shop/shop"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to serve on")
	visitors := flag.Int("visitors", 4, "visitors at a time; 0: none of our own")
	pause := flag.Duration("pause", 5*time.Millisecond, "between two clicks of a visitor")
	ttl := flag.Duration("ttl", 2*time.Second, "life of a session")
	duration := flag.Duration("duration", 0, "end after so long; 0: when told to")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if *duration > 0 {
		ctx, cancel = context.WithTimeout(ctx, *duration)
		defer cancel()
	}
	if err := run(ctx, *listen, *visitors, *pause, *ttl); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, listen string, visitors int, pause, ttl time.Duration) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: shop.NewServer(ttl, ctx.Done())}
	url := "http://" + listener.Addr().String()
	fmt.Printf("listening on %s pid %d\n", url, os.Getpid())
	for i := 0; i < visitors; i++ {
		go visit(ctx, url, i, pause)
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
