// Package picture makes of a photograph a copy that shows the same and tells nothing else: no place, no time, no device, no
// comment, no thumbnail, no profile. It implements grpcapi.Pictures for JPEG (ITU-T T.81, baseline and progressive) and PNG
// (ISO/IEC 15948).
//
// It guarantees that a copy is made of the parts that a decoder needs, each checked to be as long as its table says, and of
// nothing else; that the coded pixels stand in it byte for byte, so that it decodes to the same pixels; that the same original
// gives the same copy, and a copy itself; and that an orientation which the Exif of the original asks for (TIFF tag 0112) is
// kept, alone, in an Exif that is made anew.
//
// It refuses other formats, files that are cut short or do not fit together, pictures of more than MaxSide pixels on a side or
// MaxPixels in all, and PNG data that unpack to another size than the picture's. It decodes no pixels and does not look at
// what is in the picture: faces and papers are for whoever publishes it. Animations lose all but the first picture, colour
// profiles are dropped, so that wide colours may look paler.
package picture
