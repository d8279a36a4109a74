package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
)

// What a picture may have at most.
const (
	MaxBytes  = evidence.MaxOriginal
	MaxSide   = 16384      // pixels
	MaxPixels = 50_000_000 // in all
)

// Cleaner makes copies.
type Cleaner struct{}

// Clean makes the copy of an original; see grpcapi.Pictures.
func (Cleaner) Clean(original []byte) (clean []byte, media string, width, height int, err error) {
	if len(original) > MaxBytes {
		return nil, "", 0, 0, domain.Refuse(domain.TooLarge, "evidence.size", "content",
			fmt.Sprintf("照片不得超过%d字节", MaxBytes), fmt.Sprintf("a picture has at most %d bytes", MaxBytes))
	}
	var config image.Config
	switch {
	case bytes.HasPrefix(original, []byte{0xFF, 0xD8, 0xFF}):
		media = "image/jpeg"
		if clean, err = cleanJPEG(original); err == nil {
			config, err = jpeg.DecodeConfig(bytes.NewReader(clean))
		}
	case bytes.HasPrefix(original, []byte(pngHead)):
		media = "image/png"
		if clean, err = cleanPNG(original); err == nil {
			config, err = png.DecodeConfig(bytes.NewReader(clean))
		}
	default:
		return nil, "", 0, 0, domain.Refuse(domain.Invalid, "evidence.format", "content", "照片应为JPEG或者PNG格式", "a picture is a JPEG or a PNG")
	}
	if err != nil {
		return nil, "", 0, 0, malformed(err)
	}
	if err := fits(config.Width, config.Height); err != nil {
		return nil, "", 0, 0, err
	}
	return clean, media, config.Width, config.Height, nil
}

// fits refuses pictures that are small files and huge when they are shown.
func fits(width, height int) error {
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide || width*height > MaxPixels {
		return domain.Refuse(domain.TooLarge, "evidence.dimensions", "content",
			fmt.Sprintf("照片尺寸过大：%d×%d", width, height), fmt.Sprintf("the picture is too large: %d by %d", width, height))
	}
	return nil
}

// malformed is the refusal of what does not fit together. A refusal stays what it is.
func malformed(cause error) error {
	if domain.KindOf(cause) == domain.TooLarge {
		return cause
	}
	f := domain.Refuse(domain.Invalid, "evidence.malformed", "content", "照片文件损坏或者不完整", "the picture is damaged or cut short")
	f.Err = cause
	return f
}
