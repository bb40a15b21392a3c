import Files
import Runs

/// What is in a safetensors file.
public struct TensorsInspection: Inspection {
  let kind = "tensors"
  let path: String
  let bytes: Int
  let elements: Int
  let metadata: [String: String]
  /// Whether it is as its checkpoint was written; nil where it is in none.
  let isVerified: Bool?
  let tensors: [Entry]

  enum CodingKeys: String, CodingKey {
    case kind, path, bytes, elements, metadata, tensors
    case isVerified = "verified"
  }

  /// A tensor, and the extent of its elements where they are read as floats; what is not finite is
  /// counted and left out.
  struct Entry: Encodable, Sendable {
    let name: String
    let type: String
    let shape: [Int]
    let notFinite: Int
    let minimum, maximum, mean, deviation: Double?

    enum CodingKeys: String, CodingKey {
      case name, type, shape, minimum, maximum, mean, deviation
      case notFinite = "not_finite"
    }

    init(_ entry: SafetensorsEntry, _ elements: [Float]) {
      (name, type, shape) = (entry.name, entry.type.rawValue, entry.shape)
      let finite = elements.filter(\.isFinite)
      notFinite = elements.count - finite.count
      (minimum, maximum) = (finite.min().map(Double.init), finite.max().map(Double.init))
      let count = Double(finite.count)
      let sum = finite.reduce(0.0) { $0 + Double($1) }
      mean = finite.isEmpty ? nil : sum / count
      deviation = mean.map { mean in
        (finite.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
      }
    }
  }

  /// Reads a file, and compares it with the manifest of the checkpoint that it is in, if any.
  /// - Throws: `FileError` when it cannot be read or is damaged.
  public init(path: String) throws {
    let file = try SafetensorsFile(path)
    self.path = path
    bytes = try InputFile(path).size
    metadata = file.metadata
    elements = file.entries.reduce(0) { $0 + $1.count }
    let name = lastComponent(of: path)
    let checkpoint = try? Checkpoint(path: folder(of: path))
    if let checkpoint, checkpoint.fileNames.contains(name) {
      do { try checkpoint.verify() } catch  where error.path == checkpoint.file(name) {
        throw FileError(error.kind, path, error.message)
      } catch {}
      isVerified = true
    } else {
      isVerified = nil
    }
    tensors = try file.entries.sorted { $0.name < $1.name }.map { entry in
      let isRead = [.f32, .f16, .bf16].contains(entry.type)
      return Entry(entry, isRead ? try file.values(entry.name).elements : [])
    }
  }

  /// A line for each tensor.
  public func text(_ style: TerminalStyle) -> String {
    let types = Set(tensors.map(\.type)).sorted()
    var lines = [
      "\(oneLine(path)): \(tensors.count) tensors, \(brief(Double(elements))) elements, "
        + "\(types.joined(separator: " and ")), \(size(bytes))"
    ]
    if isVerified == true { lines.append("sound: its checksum is the manifest's") }
    lines += metadata.sorted { $0.key < $1.key }.map { printable("\($0): \($1)") }
    func number(_ value: Double?) -> String { value.map { brief($0, digits: 3) } ?? "-" }
    let cells = tensors.map { tensor in
      [
        tensor.shape.map { "\($0)" }.joined(separator: "x"), number(tensor.minimum),
        number(tensor.mean), number(tensor.maximum), number(tensor.deviation),
      ] + (types.count > 1 ? [tensor.type] : [])
    }
    let head = ["SHAPE", "MIN", "MEAN", "MAX", "STD"] + (types.count > 1 ? ["TYPE"] : [])
    let widths = head.indices.map { column in
      ([head] + cells).map { $0[column].count + 2 }.max() ?? 0
    }
    let room = max(style.columns - widths.reduce(0, +), 16)
    let rows = zip(tensors, cells).map { [shortened($0.name, to: room)] + $1 }
    lines.append(table([["TENSOR"] + head] + rows, numbers: [2, 3, 4, 5]))
    let strange = tensors.filter { $0.notFinite > 0 }
    lines += strange.map { "not finite: \($0.notFinite) elements of \(oneLine($0.name))" }
    return lines.joined(separator: "\n")
  }
}
