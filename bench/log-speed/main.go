// Times two Go implementations of Drain (module proxy, only run, never copied) on messages without headers, which are already in memory.
//
//	log-speed faceair|go-drain3 FILE
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	faceair "github.com/faceair/drain"
	"github.com/jaeyo/go-drain3/pkg/drain3"
)

func main() {
	runtime.GOMAXPROCS(1)
	bytes, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	messages := strings.Split(strings.TrimSuffix(string(bytes), "\n"), "\n")
	add, clusters := miner(os.Args[1])
	begin, used := time.Now(), processor()
	for _, message := range messages {
		add(message)
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"messages":  len(messages),
		"seconds":   time.Since(begin).Seconds(),
		"processor": processor() - used,
		"templates": clusters(),
	})
}

// Seconds of processor time, which other programs on the machine do not lengthen as they do the clock's.
func processor() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// Both with the defaults of their package: depth 4, similarity 0.4, 100 children.
func miner(name string) (add func(string), clusters func() int) {
	if name == "faceair" {
		drain := faceair.New(faceair.DefaultConfig())
		return func(message string) { drain.Train(message) }, func() int { return len(drain.Clusters()) }
	}
	drain, err := drain3.NewDrain(drain3.WithDepth(4), drain3.WithSimTh(0.4), drain3.WithMaxChildren(100))
	if err != nil {
		panic(err)
	}
	return func(message string) { _, _, _ = drain.AddLogMessage(message) }, func() int { return len(drain.GetClusters()) }
}
