/// An entry of a TensorBoard event file: tensorflow/core/util/event.proto, as far as runs need it.
public struct LogEvent: Equatable, Sendable {
  /// When it was written, in seconds since 1970.
  public let time: Double
  /// After how many steps.
  public let step: Int
  /// What it says.
  public let content: Content

  /// What an event says.
  public enum Content: Equatable, Sendable {
    /// The file's format, which the first event names.
    case version(String)
    /// A training starts or goes on: what earlier files say of this step and later ones is void.
    case start
    /// Something was measured, sampled or written.
    case value(tag: String, Value)
    /// Several things at once, as other programs write them.
    case values([Tagged])
    /// Something that our runs do not write.
    case other
  }

  /// Something that is told under a tag.
  public struct Tagged: Equatable, Sendable {
    /// The tag.
    public let tag: String
    /// What is told.
    public let value: Value
  }

  /// What is told under a tag.
  public enum Value: Equatable, Sendable {
    /// A number.
    case scalar(Float)
    /// An image: the bytes of a PNG.
    case image(width: Int, height: Int, channels: Int, png: [UInt8])
    /// A text, which TensorBoard reads as Markdown.
    case text(String)
    /// Something that our runs do not write.
    case other
  }

  /// What the first event of a file names as its format.
  static let fileVersion = "brain.Event:2"

  /// An event of that time and step.
  public init(time: Double, step: Int, _ content: Content) {
    (self.time, self.step, self.content) = (time, step, content)
  }
}

extension LogEvent {
  /// The message `Event`.
  var encoded: [UInt8] {
    var event = ProtobufWriter()
    event.double(1, time)
    if step != 0 { event.integer(2, step) }
    switch content {
    case .version(let version): event.text(3, version)
    // SessionLog{status = START}
    case .start: event.message(7) { $0.integer(1, 1) }
    case .value(let tag, let value):
      // Summary{value = [Value]}
      event.message(5) { summary in
        summary.message(1) { Self.encode(tag, value, to: &$0) }
      }
    case .values(let values):
      event.message(5) { summary in
        for value in values {
          summary.message(1) { Self.encode(value.tag, value.value, to: &$0) }
        }
      }
    case .other: break
    }
    return event.bytes
  }

  private static func encode(_ tag: String, _ value: Value, to message: inout ProtobufWriter) {
    message.text(1, tag)
    switch value {
    case .scalar(let number): message.float(2, number)
    case .image(let width, let height, let channels, let png):
      message.message(4) { image in
        image.integer(1, height)
        image.integer(2, width)
        image.integer(3, channels)
        image.data(4, png)
      }
    case .text(let text):
      // TensorProto{dtype = DT_STRING, tensor_shape = {dim {size = 1}}, string_val = text}
      message.message(8) { tensor in
        tensor.integer(1, 7)
        tensor.message(2) { $0.message(2) { $0.integer(1, 1) } }
        tensor.text(8, text)
      }
      // SummaryMetadata{plugin_data{plugin_name}}
      message.message(9) { $0.message(1) { $0.text(1, "text") } }
    case .other: break
    }
  }

  /// The event of a message, or nil where the bytes are none.
  init?(decoding bytes: ArraySlice<UInt8>) {
    guard let fields = ProtobufReader.fields(bytes) else { return nil }
    var (time, step, content) = (0.0, 0, Content.other)
    for (number, value) in fields {
      switch number {
      case 1: time = value.double ?? time
      case 2: step = value.integer ?? step
      case 3: if let version = value.text { content = .version(version) }
      case 5:
        guard let summary = value.data else { return nil }
        content = Self.summary(summary) ?? .other
      case 7:
        let isStart =
          value.data.flatMap(ProtobufReader.fields)?.contains {
            $0.number == 1 && $0.value.integer == 1
          } == true
        if isStart { content = .start }
      default: break
      }
    }
    self.init(time: time, step: step, content)
  }

  /// What a summary says.
  private static func summary(_ bytes: ArraySlice<UInt8>) -> Content? {
    guard let fields = ProtobufReader.fields(bytes) else { return nil }
    let values = fields.filter { $0.number == 1 }.compactMap { $0.value.data.flatMap(tagged) }
    guard values.count != 1 else { return .value(tag: values[0].tag, values[0].value) }
    return values.isEmpty ? nil : .values(values)
  }

  private static func tagged(_ bytes: ArraySlice<UInt8>) -> Tagged? {
    guard let members = ProtobufReader.fields(bytes) else { return nil }
    var (tag, content) = ("", Value.other)
    for (number, value) in members {
      switch number {
      case 1: tag = value.text ?? ""
      case 2: content = value.float.map { .scalar($0) } ?? .other
      case 4: content = value.data.flatMap(image) ?? .other
      case 8: content = value.data.flatMap(EventTensor.init).map(Value.init) ?? .other
      default: break
      }
    }
    return Tagged(tag: tag, value: content)
  }

  private static func image(_ bytes: ArraySlice<UInt8>) -> Value? {
    guard let fields = ProtobufReader.fields(bytes) else { return nil }
    let members = Dictionary(fields.map { ($0.number, $0.value) }) { $1 }
    guard let png = members[4]?.data else { return nil }
    return .image(
      width: members[2]?.integer ?? 0, height: members[1]?.integer ?? 0,
      channels: members[3]?.integer ?? 0, png: Array(png))
  }
}
