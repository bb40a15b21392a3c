import Foundation
import Images
import Testing

/// The bytes of a file in Fixtures, which make.py made.
func fixture(_ name: String) throws -> [UInt8] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)")))
}

/// Runs a test in a new folder, which is removed afterwards.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "ImagesTests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// The error of a call that must fail.
func imageError(_ body: () throws -> Void) -> ImageError? {
  do {
    try body()
    Issue.record("no error was thrown")
    return nil
  } catch {
    if !(error is ImageError) { Issue.record("another error: \(error)") }
    return error as? ImageError
  }
}

/// An image of smooth color, different in every corner.
func gradient(width: Int, height: Int, channels: Int) -> Image {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      let samples = [x * 200 / width, y * 200 / height, 100, 55 + x * 200 / width]
      pixels += samples[..<channels].map { UInt8($0) }
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// The largest difference of two images' samples.
func distance(_ a: Image, _ b: Image) -> Int {
  zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
