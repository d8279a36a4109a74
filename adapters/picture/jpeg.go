package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Markers of JPEG.
const (
	sof0 = 0xC0 // baseline
	sof1 = 0xC1 // extended
	sof2 = 0xC2 // progressive
	dht  = 0xC4
	rst0 = 0xD0
	rst7 = 0xD7
	soi  = 0xD8
	eoi  = 0xD9
	sos  = 0xDA
	dqt  = 0xDB
	dri  = 0xDD
	app0 = 0xE0
	app1 = 0xE1
	appE = 0xEE
	appF = 0xEF
	com  = 0xFE
)

const (
	exifHead  = "Exif\x00\x00"
	jfifHead  = "JFIF\x00"
	adobeHead = "Adobe"
	jfifSize  = 14
	adobeSize = 12
)

var errShort = errors.New("it ends too early")

// jpegCopy is a copy that is being made: what may stand at its beginning, and the rest.
type jpegCopy struct {
	jfif, adobe []byte
	turned      uint16 // orientation; 0 before the first Exif
	rest        []byte
	framed      bool // the frame header was there
	scanned     bool
}

// cleanJPEG keeps the tables, the frame, the scans, and of the application segments what changes how they are decoded. What
// stands behind the end of the picture goes.
func cleanJPEG(original []byte) ([]byte, error) {
	c, at := jpegCopy{jfif: nil, adobe: nil, turned: 0, rest: nil, framed: false, scanned: false}, 2
	for {
		marker, next, err := markerAt(original, at)
		if err != nil {
			return nil, err
		}
		if marker == eoi {
			break
		}
		if next+2 > len(original) {
			return nil, errShort
		}
		end := next + int(binary.BigEndian.Uint16(original[next:]))
		if end < next+2 || end > len(original) {
			return nil, errShort
		}
		if err := c.segment(marker, original[next+2:end]); err != nil {
			return nil, err
		}
		at = end
		if marker == sos {
			at = coded(original, end)
			c.rest = append(c.rest, original[end:at]...)
		}
	}
	if !c.scanned {
		return nil, errors.New("it has no scan")
	}
	return c.bytes(), nil
}

// markerAt reads a marker, before which any number of FF may stand.
func markerAt(b []byte, at int) (marker byte, next int, err error) {
	if at >= len(b) || b[at] != 0xFF {
		return 0, 0, fmt.Errorf("no marker at byte %d", at)
	}
	for at < len(b) && b[at] == 0xFF {
		at++
	}
	if at >= len(b) {
		return 0, 0, errShort
	}
	return b[at], at + 1, nil
}

// coded is the end of the coded pixels that begin at a place: the next marker that is no restart.
func coded(b []byte, at int) int {
	for at < len(b) {
		i := bytes.IndexByte(b[at:], 0xFF)
		if i < 0 || at+i+1 >= len(b) {
			return len(b)
		}
		at += i
		if next := b[at+1]; next != 0 && (next < rst0 || next > rst7) {
			return at
		}
		at += 2
	}
	return len(b)
}

// segment takes over one segment, or leaves it.
func (c *jpegCopy) segment(marker byte, payload []byte) error {
	switch {
	case marker == sof0 || marker == sof1 || marker == sof2:
		if c.framed || len(payload) < 6 || len(payload) != 6+3*int(payload[5]) {
			return errors.New("its frame header does not fit")
		}
		if err := fits(int(binary.BigEndian.Uint16(payload[3:])), int(binary.BigEndian.Uint16(payload[1:]))); err != nil {
			return err
		}
		c.framed = true
	case marker == sos:
		if !c.framed || len(payload) < 1 || len(payload) != 4+2*int(payload[0]) {
			return errors.New("its scan header does not fit")
		}
		c.scanned = true
	case marker == dqt || marker == dht:
		if !tables(marker, payload) {
			return errors.New("its tables do not fit")
		}
	case marker == dri:
		if len(payload) != 2 {
			return errors.New("its restart interval does not fit")
		}
	case marker >= app0 && marker <= appF:
		c.application(marker, payload)
		return nil
	case marker == com:
		return nil
	default:
		return fmt.Errorf("its segment %X is none of a baseline or progressive picture", marker)
	}
	c.rest = segment(c.rest, marker, payload)
	return nil
}

// tables tells whether quantization or Huffman tables fill a segment to its end, so that nothing else stands behind them.
func tables(marker byte, b []byte) bool {
	for len(b) > 0 {
		size := 65
		switch {
		case marker == dqt && b[0]>>4 == 1:
			size = 129
		case marker == dht && len(b) < 17:
			return false
		case marker == dht:
			size = 17
			for _, n := range b[1:17] {
				size += int(n)
			}
		}
		if len(b) < size {
			return false
		}
		b = b[size:]
	}
	return true
}

// application takes over what an application segment says of how to show the picture: its density, its colour transform, and
// which side is up.
func (c *jpegCopy) application(marker byte, payload []byte) {
	switch {
	case marker == app0 && bytes.HasPrefix(payload, []byte(jfifHead)) && c.jfif == nil:
		c.jfif = make([]byte, jfifSize)
		copy(c.jfif[:jfifSize-2], payload) // without a thumbnail
	case marker == appE && bytes.HasPrefix(payload, []byte(adobeHead)) && len(payload) >= adobeSize: // of several the last one counts
		c.adobe = bytes.Clone(payload[:adobeSize])
		copy(c.adobe[len(adobeHead):], []byte{0, 100, 0, 0, 0, 0}) // all but the transform, which is the last byte
	case marker == app1 && bytes.HasPrefix(payload, []byte(exifHead)) && c.turned == 0:
		c.turned = orientation(payload[len(exifHead):])
	}
}

func (c *jpegCopy) bytes() []byte {
	out := []byte{0xFF, soi}
	if c.jfif != nil {
		out = segment(out, app0, c.jfif)
	}
	if c.turned > upright {
		out = segment(out, app1, append([]byte(exifHead), oriented(c.turned)...))
	}
	if c.adobe != nil {
		out = segment(out, appE, c.adobe)
	}
	return append(append(out, c.rest...), 0xFF, eoi)
}

func segment(to []byte, marker byte, payload []byte) []byte {
	to = append(to, 0xFF, marker)
	to = binary.BigEndian.AppendUint16(to, uint16(len(payload)+2)) //nolint:gosec // it was read out of sixteen bits, or is short
	return append(to, payload...)
}
