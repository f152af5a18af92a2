package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// visit logs in, looks around, reads a page and leaves, again and again, over one connection. It speaks HTTP by itself:
// the client of net/http has maps of its own, which would be seen beside those of the service.
func visit(ctx context.Context, address string, number int, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ctx.Err() == nil {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		reader := bufio.NewReader(conn)
		for err == nil && ctx.Err() == nil {
			err = visitOnce(conn, reader, number, tick.C)
		}
		_ = conn.Close()
	}
}

func visitOnce(conn net.Conn, reader *bufio.Reader, number int, tick <-chan time.Time) error {
	<-tick
	session, err := get(conn, reader, fmt.Sprintf("/login?visitor%d", number))
	if err != nil {
		return err
	}
	for _, path := range []string{"/me", "/page", "/me", "/logout"} {
		<-tick
		if _, err := get(conn, reader, path+"?"+session); err != nil {
			return err
		}
	}
	return nil
}

func get(conn net.Conn, reader *bufio.Reader, path string) (string, error) {
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: incident\r\n\r\n", path); err != nil {
		return "", err
	}
	length := 0
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return "", err
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return "", err
			}
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(reader, body)
	return string(body), err
}
