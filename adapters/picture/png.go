package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// pngCopy is a copy that is being made.
type pngCopy struct {
	header, palette, clear, pixels []byte
	turned                         uint16
	ended                          bool // another chunk came behind the pixels
}

// cleanPNG keeps the header, the palette with its transparency, and the pixels. What stands behind the end goes.
func cleanPNG(original []byte) ([]byte, error) {
	var c pngCopy
	for rest := original[len(pngHead):]; ; {
		if len(rest) < 12 {
			return nil, errShort
		}
		n, kind := uint64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if n+12 > uint64(len(rest)) {
			return nil, errShort
		}
		data, sum := rest[8:8+n], binary.BigEndian.Uint32(rest[8+n:])
		if crc32.ChecksumIEEE(rest[4:8+n]) != sum {
			return nil, fmt.Errorf("the sum of chunk %q is another", kind)
		}
		if kind == "IEND" {
			break
		}
		if err := c.chunk(kind, data); err != nil {
			return nil, err
		}
		rest = rest[12+n:]
	}
	if c.header == nil {
		return nil, errShort
	}
	size, err := c.unpacked()
	if err == nil {
		c.pixels, err = packed(c.pixels, size)
	}
	if err != nil {
		return nil, err
	}
	return c.bytes(), nil
}

// chunk takes over one chunk, or leaves it.
func (c *pngCopy) chunk(kind string, data []byte) error {
	fitting := true
	switch kind {
	case "IHDR":
		if fitting = c.header == nil && len(data) == 13; fitting {
			width, height := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
			c.header = data
			return fits(int(min(width, MaxSide+1)), int(min(height, MaxSide+1)))
		}
	case "PLTE":
		fitting = c.header != nil && c.palette == nil && c.pixels == nil && len(data) > 0 && len(data) <= 3*256 && len(data)%3 == 0
		c.palette = data
	case "tRNS":
		fitting = c.header != nil && c.clear == nil && c.pixels == nil && len(data) > 0 && c.clears(len(data))
		c.clear = data
	case "IDAT":
		fitting = c.header != nil && !c.ended
		c.pixels = append(c.pixels, data...)
	case "eXIf":
		if c.turned == 0 {
			c.turned = orientation(data)
		}
	default:
		fitting = kind[0]&0x20 != 0 // an ancillary one; its name begins with a small letter
	}
	if c.ended = c.pixels != nil && kind != "IDAT"; !fitting {
		return fmt.Errorf("its chunk %q does not fit", kind)
	}
	return nil
}

// clears tells whether transparency of so many bytes goes with the kind of colour.
func (c *pngCopy) clears(n int) bool {
	switch c.header[9] {
	case 0:
		return n == 2
	case 2:
		return n == 6
	case 3:
		return 3*n <= len(c.palette)
	}
	return false
}

// unpacked is how many bytes the pixels have when they are unpacked, with the filter byte of each row.
func (c *pngCopy) unpacked() (int64, error) {
	samples, known := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[c.header[9]]
	depth := int64(c.header[8])
	if !known || depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16 {
		return 0, errors.New("its kind of colour is none")
	}
	width, height := int64(binary.BigEndian.Uint32(c.header)), int64(binary.BigEndian.Uint32(c.header[4:]))
	rows := func(width, height int64) int64 {
		if width == 0 || height == 0 {
			return 0
		}
		return height * (1 + (width*samples*depth+7)/8)
	}
	switch c.header[12] {
	case 0:
		return rows(width, height), nil
	case 1:
		size := int64(0)
		for _, p := range [][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
			size += rows((width-p[0]+p[2]-1)/p[2], (height-p[1]+p[3]-1)/p[3])
		}
		return size, nil
	}
	return 0, errors.New("its interlacing is none")
}

// packed is the one stream of pixels without what stands behind it. It must unpack to the size of the picture.
func packed(pixels []byte, size int64) ([]byte, error) {
	from := bytes.NewReader(pixels)
	z, err := zlib.NewReader(from)
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, size+1))
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, fmt.Errorf("its pixels unpack to %d bytes or more, not %d", n, size)
	}
	return pixels[:len(pixels)-from.Len()], nil
}

func (c *pngCopy) bytes() []byte {
	out := chunk([]byte(pngHead), "IHDR", c.header)
	if c.turned > upright {
		out = chunk(out, "eXIf", oriented(c.turned))
	}
	if c.palette != nil {
		out = chunk(out, "PLTE", c.palette)
	}
	if c.clear != nil {
		out = chunk(out, "tRNS", c.clear)
	}
	return chunk(chunk(out, "IDAT", c.pixels), "IEND", nil)
}

func chunk(to []byte, kind string, data []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(data))) //nolint:gosec // below MaxBytes
	from := len(to)
	to = append(append(to, kind...), data...)
	return binary.BigEndian.AppendUint32(to, crc32.ChecksumIEEE(to[from:]))
}
