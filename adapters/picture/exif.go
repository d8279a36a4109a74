package picture

import "encoding/binary"

// Values of the orientation tag; upright is the one that needs no tag.
const (
	upright         = 1
	lastOrientation = 8
	orientationTag  = 0x0112
	shortType       = 3
	entrySize       = 12
)

// orientation reads the orientation out of the TIFF structure of an Exif; whatever is not right about that, the picture is
// taken as upright, as decoders do.
func orientation(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entrySize {
			return upright
		}
		if order.Uint16(entries) == orientationTag {
			value := order.Uint16(entries[8:])
			if order.Uint16(entries[2:]) != shortType || order.Uint32(entries[4:]) != 1 || value < upright || value > lastOrientation {
				return upright
			}
			return value
		}
		entries = entries[entrySize:]
	}
	return upright
}

// oriented is the TIFF structure that holds an orientation and nothing else.
func oriented(value uint16) []byte {
	tiff := append([]byte("MM\x00*"), 0, 0, 0, 8, 0, 1)
	for _, short := range []uint16{orientationTag, shortType, 0, 1, value, 0, 0, 0} { // one entry, and that no other directory follows
		tiff = binary.BigEndian.AppendUint16(tiff, short)
	}
	return tiff
}
