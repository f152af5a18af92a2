module otlpreceiver

go 1.23.0

require (
	go.opentelemetry.io/proto/otlp v1.7.0
	google.golang.org/protobuf v1.36.6
)

require github.com/google/go-cmp v0.7.0 // indirect
