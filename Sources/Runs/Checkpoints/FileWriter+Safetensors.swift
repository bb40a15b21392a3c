import Files

extension FileWriter {
  /// Writes the file's whole content in the format of safetensors.
  ///
  /// Tensors are in the reference's order, by type and then by name, and its reader takes the file.
  /// - Parameters:
  ///   - arrays: What to write; no two have the same name.
  ///   - metadata: Free text by key.
  ///   - type: F32, or BF16, to which elements are rounded, ties to even.
  /// - Throws: `FileError` when writing fails.
  public func writeSafetensors(
    _ arrays: [NamedArray], metadata: [String: String] = [:], as type: SafetensorsType = .f32
  ) throws {
    precondition(type == .f32 || type == .bf16, "safetensors are written as F32 or BF16")
    // The reference compares the names' bytes.
    let sorted = arrays.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var entries: [SafetensorsEntry] = []
    var end = 0
    for array in sorted {
      precondition(
        array.name != entries.last?.name && array.name != "__metadata__",
        "a second tensor named \(array.name)")
      let start = end
      end += array.count * type.bits / 8
      entries.append(
        SafetensorsEntry(name: array.name, type: type, shape: array.shape, bytes: start..<end))
    }
    try write(SafetensorsHeader(entries: entries, metadata: metadata).encoded())
    for array in sorted {
      try array.withElements { elements in
        if type == .f32 {
          try write(UnsafeRawBufferPointer(elements))
        } else {
          try writeBrainFloats(elements)
        }
      }
    }
  }

  /// Writes the upper halves of the floats, in pieces.
  private func writeBrainFloats(_ elements: UnsafeBufferPointer<Float>) throws(FileError) {
    var piece: [UInt16] = []
    for start in stride(from: 0, to: elements.count, by: 1 << 16) {
      let end = min(start + 1 << 16, elements.count)
      piece = elements[start..<end].map { brainFloat($0).littleEndian }
      try piece.withUnsafeBufferPointer { buffer throws(FileError) in
        try write(UnsafeRawBufferPointer(buffer))
      }
    }
  }
}

/// The bits of the bfloat16 nearest to `value`, ties to even; NaN stays NaN.
func brainFloat(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(bits >> 16) | 0x40 }
  return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
}
