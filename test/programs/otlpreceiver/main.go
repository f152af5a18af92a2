// Receives OTLP over HTTP and prints what it has decoded, one JSON object a request. What is exported is, byte for byte,
// MetricsData and LogsData: the same one field; those packages need no gRPC.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

func receive(kind string, request func() proto.Message) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		message := request()
		if err == nil && r.Header.Get("Content-Type") == "application/json" {
			err = protojson.Unmarshal(body, message)
		} else if err == nil {
			err = proto.Unmarshal(body, message)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			fmt.Printf("{\"error\":%q}\n", err.Error())
			return
		}
		text, _ := protojson.Marshal(message)
		fmt.Printf("{\"kind\":%q,\"auth\":%q,\"message\":%s}\n", kind, r.Header.Get("Authorization"), text)
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	}
}

func main() {
	http.HandleFunc("/v1/metrics", receive("metrics", func() proto.Message { return &metrics.MetricsData{} }))
	http.HandleFunc("/v1/logs", receive("logs", func() proto.Message { return &logs.LogsData{} }))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("{\"port\":%d}\n", listener.Addr().(*net.TCPAddr).Port)
	_ = http.Serve(listener, nil)
}
