/// What a summary of TensorFlow 2 tells everything with: tensorflow/core/framework/tensor.proto, as far as
/// one number and texts go.
enum EventTensor {
  /// A number by itself.
  case scalar(Double)
  /// Texts.
  case texts([ArraySlice<UInt8>])
  /// Anything else, such as the bins of a histogram.
  case other

  /// The message `TensorProto`, or nil where the bytes are none.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let fields = ProtobufReader.fields(bytes) else { return nil }
    var (type, rank) = (0, 0)
    for (number, value) in fields {
      switch number {
      case 1: type = value.integer ?? 0
      case 2:
        guard let shape = value.data.flatMap(ProtobufReader.fields) else { return nil }
        // TensorShapeProto{dim = 2, unknown_rank = 3}
        rank = shape.count { $0.number == 2 || $0.number == 3 }
      default: break
      }
    }
    if type == Self.text {
      self = .texts(fields.filter { $0.number == 8 }.compactMap(\.value.data))
      return
    }
    guard rank == 0, let format = Self.formats[type] else {
      self = .other
      return
    }
    // All its bytes, or a list of numbers; what is left out is 0.
    if let content = fields.last(where: { $0.number == 4 })?.value.data {
      guard content.count == format.size else { return nil }
      self = .scalar(format.number(content.reversed().reduce(0) { $0 << 8 | UInt64($1) }))
    } else if let value = fields.last(where: { $0.number == format.field })?.value {
      guard let bits = format.bits(value) else { return nil }
      self = .scalar(format.number(bits))
    } else {
      self = .scalar(0)
    }
  }

  /// How a type's numbers lie in the message.
  private struct Format {
    /// The field of the list of its numbers.
    let field: Int
    /// The bytes of a number.
    let size: Int
    /// A number by its bits.
    let number: @Sendable (UInt64) -> Double

    /// The bits of the first number in a list, packed or not.
    func bits(_ value: ProtobufReader.Value) -> UInt64? {
      switch value {
      case .integer(let bits), .fixed64(let bits): return bits
      case .fixed32(let bits): return UInt64(bits)
      case .data(let list):
        if list.isEmpty { return 0 }
        // Floats and doubles have their size, the others as many bytes as they need.
        guard field == 5 || field == 6 else { return ProtobufReader.variableLength(list) }
        guard list.count >= size else { return nil }
        return list.prefix(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
    }
  }

  private static let text = 7

  /// The types of tensorflow/core/framework/types.proto.
  private static let formats: [Int: Format] = [
    1: Format(field: 5, size: 4) { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) },
    2: Format(field: 6, size: 8) { Double(bitPattern: $0) },
    3: Format(field: 7, size: 4) { Double(Int32(truncatingIfNeeded: $0)) },
    4: Format(field: 7, size: 1) { Double(UInt8(truncatingIfNeeded: $0)) },
    5: Format(field: 7, size: 2) { Double(Int16(truncatingIfNeeded: $0)) },
    6: Format(field: 7, size: 1) { Double(Int8(truncatingIfNeeded: $0)) },
    9: Format(field: 10, size: 8) { Double(Int64(truncatingIfNeeded: $0)) },
    10: Format(field: 11, size: 1) { $0 == 0 ? 0 : 1 },
    14: Format(field: 13, size: 2) {
      Double(Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16))
    },
    17: Format(field: 7, size: 2) { Double(UInt16(truncatingIfNeeded: $0)) },
    19: Format(field: 13, size: 2) { Double(widenedHalf(UInt16(truncatingIfNeeded: $0))) },
    22: Format(field: 16, size: 4) { Double(UInt32(truncatingIfNeeded: $0)) },
    23: Format(field: 17, size: 8) { Double($0) },
  ]
}

extension LogEvent.Value {
  /// What a tensor tells: an image has its width, its height and the bytes of its file.
  init(_ tensor: EventTensor) {
    switch tensor {
    case .scalar(let number): self = .scalar(Float(number))
    case .texts(let texts):
      func number(_ index: Int) -> Int? { Int(String(decoding: texts[index], as: UTF8.self)) }
      let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47]
      if texts.count >= 3, texts[2].starts(with: signature), let width = number(0),
        let height = number(1)
      {
        self = .image(width: width, height: height, channels: 0, png: Array(texts[2]))
      } else if let text = texts.first {
        self = .text(String(decoding: text, as: UTF8.self))
      } else {
        self = .other
      }
    case .other: self = .other
    }
  }
}
