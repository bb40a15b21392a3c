import CCodecs
import Foundation
import Images
import Models

/// The files that are damaged, and what makes checksums right again.
extension FuzzedFormat {
  /// A file of the tests beside these.
  static func bytes(_ path: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..")
    return [UInt8](try Data(contentsOf: tests.appendingPathComponent(path)))
  }

  static func image(channels: Int) -> Image {
    let pixels = (0..<(17 * 11 * channels)).map { UInt8($0 * 37 % 251) }
    return Image(width: 17, height: 11, channels: channels, pixels: pixels)
  }

  static func idx(_ dimensions: [Int]) -> [UInt8] {
    let header = [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap(PNGBuilder.bigEndian)
    return header + (0..<dimensions.reduce(1, *)).map { UInt8($0 % 10) }
  }

  /// A gzip file of stored blocks, with the right checksum.
  static func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let size = block.count
      file += [rest.isEmpty ? 1 : 0] + littleEndian(size, 2) + littleEndian(~size, 2) + block
    } while !rest.isEmpty
    return file + littleEndian(Int(codec_png_checksum(bytes, bytes.count)), 4)
      + littleEndian(bytes.count, 4)
  }

  static func littleEndian(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(value >> (8 * $0) & 255) }
  }

  /// A PNG with the checksum of each chunk made right, as far as chunks follow each other.
  static func withChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      let end = place + 8 + length
      guard end + 4 <= file.count else { break }
      let sum = file[(place + 4)..<end].withUnsafeBufferPointer {
        codec_png_checksum($0.baseAddress, $0.count)
      }
      file.replaceSubrange(end..<(end + 4), with: PNGBuilder.bigEndian(Int(sum)))
      place = end + 4
    }
    return file
  }

  /// A PNG of any kind, right or not, whose rows, and chunks before them, are random: past the checksums
  /// and the compression.
  static func drawnPNG(_ mutator: inout Mutator) -> [UInt8] {
    var image = PNGBuilder(
      width: mutator.below(20), height: mutator.below(20),
      depth: mutator.one(of: [1, 2, 4, 8, 16, 3, 0]),
      color: mutator.one(of: [.grey, .rgb, .palette, .greyAlpha, .rgba]),
      isInterlaced: mutator.once(in: 2))
    if mutator.once(in: 20) { image.width = mutator.one(of: [32_768, 65_536, 1 << 31]) }
    for type in ["PLTE", "tRNS", "gAMA", "tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "sBIT", "IHDR"]
    where mutator.once(in: type == "PLTE" ? 2 : 6) {
      let size = type == "PLTE" ? 3 * mutator.below(20) : mutator.below(300)
      image.chunks.append((type, (0..<size).map { _ in UInt8(mutator.below(256)) }))
    }
    let rows = mutator.below(1500)
    return image.file(raw: (0..<rows).map { _ in UInt8(mutator.below(7)) })
  }

  static let safetensorsHeaders = [
    #"{"__metadata__":{"format":"pt","a":"b"},"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
      + #""y":{"dtype":"F16","shape":[4],"data_offsets":[24,32]},"#
      + #""z":{"dtype":"I64","shape":[],"data_offsets":[32,40]},"#
      + #""w":{"dtype":"BF16","shape":[1,2,13],"data_offsets":[40,92]}}"#,
    #"{"\u00e9":{"dtype":"U8","shape":[92],"data_offsets":[0,92]},"#
      + #""e":{"dtype":"F32","shape":[0,5],"data_offsets":[92,92]}}   "#,
  ]

  static let recipes = [
    """
    # A GAN.
    kind: gan
    steps: 100
    batch: 8
    loss: hinge
    data: {source: shapes, flip: true}
    model:
      size: 32
      channels: 16
      latent_size: 8
    optimizer: {learning_rate: 2e-4}
    """,
    """
    kind: diffusion
    model:
      sample_size: 8
      block_out_channels: [8, 8]
      down_block_types:
        - DownBlock2D
        - "AttnDownBlock2D"
      up_block_types: ['AttnUpBlock2D', UpBlock2D]
      norm_num_groups: 4
      attention_head_dim: 4
    schedule: {kind: linear}
    average:
      decay: .999
    """,
    """
    {"kind": "rnn", "batch": 4, "model": {"hidden": 16, "embedding": null}, "data": {"source": 'a b'}}
    """,
  ]

  static let tokenizers = [
    #"{"version":"1.0","added_tokens":[{"id":6,"content":"<|endoftext|>","special":true}],"#
      + #""normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"#
      + #""post_processor":{"type":"ByteLevel"},"model":{"type":"BPE","dropout":null,"vocab":{"a":0,"#
      + #""b":1,"c":2,"\u0120":3,"ab":4,"\u0120c":5},"merges":["a b",["\u0120","c"]]}}"#,
    #"{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"."}},"model":{"type":"WordLevel","#
      + #""vocab":{"a":0,"b":1,"é":2," ":3,"1":4}}}"#,
    #"{"model":{"vocab":{"a":0,"b":1,"ab":2,"😀":3},"merges":[["a","b"]],"byte_fallback":false}}"#,
  ]
}
