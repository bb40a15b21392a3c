/// The names of arm64 processors, of which Linux tells numbers alone: those of the register MIDR_EL1.
enum ARMProcessor {
  /// The name that goes with those numbers, such as `0x41` and `0xd0c`; the numbers where it is not known.
  static func name(maker: String, part: String) -> String {
    let name = maker == "0x41" ? designs[part] : nil
    return name.map { "ARM \($0)" } ?? "arm64, implementer \(maker), part \(part)"
  }

  /// ARM's own designs, by their part numbers in the reference manual of each.
  private static let designs = [
    "0xd03": "Cortex-A53", "0xd07": "Cortex-A57", "0xd08": "Cortex-A72", "0xd09": "Cortex-A73",
    "0xd0a": "Cortex-A75", "0xd0b": "Cortex-A76", "0xd0c": "Neoverse N1", "0xd0d": "Cortex-A77",
    "0xd40": "Neoverse V1", "0xd41": "Cortex-A78", "0xd44": "Cortex-X1", "0xd49": "Neoverse N2",
    "0xd4f": "Neoverse V2",
  ]
}
