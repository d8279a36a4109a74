package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func (l *leak) backUp(dir string) {
	l.Helper()
	b := &backup{config: l.in.config, withKey: false, screen: io.Discard, clock: time.Now}
	if _, err := b.to(l.ctx, filepath.Join(dir, "backup")); err != nil {
		l.Fatal(err)
	}
}

// files looks at every file there is: events, views, lists, tokens, the vault and their write-ahead logs, here and in the backup.
func (l *leak) files(dir string) {
	l.Helper()
	n := l.walk(dir, func(path string, data []byte) {
		if (strings.HasSuffix(path, eventsFile) || strings.HasSuffix(path, "_events.event")) && !bytes.Contains(data, []byte("虚市监处罚")) {
			l.Errorf("%s holds no decision", path)
		}
	})
	if n < 8 {
		l.Errorf("%d files", n)
	}
}

// walk searches all files below a directory, and shows each.
func (l *leak) walk(dir string, each func(path string, data []byte)) (n int) {
	l.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		holdNone(l.T, path, data)
		each(path, data)
		n++
		return err
	})
	if err != nil {
		l.Error(err)
	}
	return n
}
