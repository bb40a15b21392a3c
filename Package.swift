// swift-tools-version: 6.2
import PackageDescription

// What the program is built for. This file is compiled for the machine that builds, so a build for another
// architecture has to say so: GEN_ARCH=arm64 swift build --swift-sdk ...
#if arch(x86_64)
  let host = "x86_64"
#else
  let host = "arm64"
#endif
let architecture = Context.environment["GEN_ARCH"] ?? host

// The kernels are one folder of sources, compiled once for each instruction set; the program takes
// the best one that the processor has when it starts. The other architectures have one baseline.
let kernels: [Target]
switch architecture {
case "x86_64":
  kernels = [
    .kernels("KernelsAVX2", ["-Xcc", "-march=x86-64-v3"]),
    .kernels("KernelsAVX512", ["-Xcc", "-march=x86-64-v4"], defining: "AVX512"),
  ]
case "arm64":
  kernels = [.kernels("Kernels", [])]
default:
  fatalError("gen: GEN_ARCH=\(architecture) is not an architecture: name arm64 or x86_64")
}

// Homebrew's libraries lie where pkg-config alone finds them.
#if os(macOS)
  let homebrew: [Target] = [
    .homebrew("HomebrewPNG", "libpng", from: "libpng"),
    .homebrew("HomebrewJPEG", "libjpeg", from: "jpeg-turbo"),
    .homebrew("HomebrewWebP", "libwebp", from: "webp"),
  ]
#else
  let homebrew: [Target] = []
#endif

// For other packages, each by its name or all as GenerativeModels.
let libraries = [
  "Files", "Compute", "Images", "Datasets", "Autograd", "Layers", "Runs", "Training",
  "Models", "Evaluation", "Reports", "Benchmark",
]

// The programs of the articles in the libraries' documentation, each beside what it imports.
let examples: [Target] = [
  .example("NewOp", ["Training"]), .example("TableClassifier", ["Training"]),
  .example("FirstGAN", ["Models"]), .example("OwnImages", ["Models"]),
  .example("OwnNotes", ["Models"]), .example("ToyGAN", ["Evaluation"]),
  .example("KernelPeak", ["Compute"]),
]

// Loops over large matrices of Double, in which debug builds would spend minutes.
let optimizedAlways: [SwiftSetting] = [
  .unsafeFlags(
    ["-O", "-whole-module-optimization", "-num-threads", "1"], .when(configuration: .debug))
]

// Code that waits for people and files: no command is measurably slower without optimization, which would take a sixth
// of a cold build.
let optimizedNever: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "gen",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "gen", targets: ["gen"]),
    .library(name: "GenerativeModels", targets: libraries),
  ] + libraries.map { .library(name: $0, targets: [$0]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: kernels + examples + homebrew + [
    // Floor 6: the command line.
    .executableTarget(
      name: "gen",
      dependencies: [
        "Reports", "Evaluation", "Benchmark", "Models", "Training", "Runs", "Datasets", "Images",
        "Compute", "Files", "CLibrary", "CProgram",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.embedInCode("recipes")],
      swiftSettings: optimizedNever),
    // Floor 5: what is made of trained models: pages and the gallery, measures, times.
    .target(
      name: "Reports", dependencies: ["Evaluation", "Models", "Files", "CLibrary"],
      resources: [
        .embedInCode("Pages/page.css"), .embedInCode("Explanation/explanation.css"),
        .embedInCode("Explanation/explanation.js"), .embedInCode("RunReport/report.css"),
        .embedInCode("RunReport/report.js"), .embedInCode("Pages/document.css"),
        .embedInCode("Gallery/gallery.css"), .embedInCode("Gallery/gallery.js"),
        .embedInCode("Nearest/nearest.css"),
      ],
      swiftSettings: optimizedNever),
    .target(
      name: "Evaluation", dependencies: ["Models", "Files"], swiftSettings: optimizedAlways),
    .target(name: "Benchmark", dependencies: ["Models", "Files", "CLibrary"]),
    // Floor 4: networks, losses, samplers, training steps, recipes, interchange.
    .target(name: "Models", dependencies: ["Training", "Datasets", "Files", "CLibrary"]),
    // Floor 3: optimizers and the training loop; recipes, run folders, checkpoints, records.
    .target(
      name: "Training",
      dependencies: ["Runs", "Layers", "Images", "Files", "CProcessor", "CLibrary"]),
    .target(name: "Runs", dependencies: ["Compute", "Images", "Files", "CLibrary", "Yams"]),
    // Floor 2: modules, parameters, layers.
    .target(name: "Layers", dependencies: ["Autograd"]),
    // Floor 2: tensors, the tape, an op and its gradient in one place.
    .target(name: "Autograd", dependencies: ["Compute"]),
    // Floor 1: threads, storage, matrix products and convolutions; images; data sets.
    .target(
      name: "Compute",
      dependencies: ["CProcessor", "CLibrary", "KernelInterface"]
        + kernels.map { .target(name: $0.name) }),
    .target(name: "Images", dependencies: ["Files", "CCodecs", "CLibrary"]),
    .target(name: "Datasets", dependencies: ["Images", "Compute", "Files", "CCodecs"]),
    // Floor 0: inner loops, what Swift cannot say, files and JSON.
    .target(name: "Files", dependencies: ["CProcessor", "CLibrary"]),
    .target(name: "CLibrary"),
    .target(name: "KernelInterface"),
    .target(name: "CProcessor"),
    .target(name: "CProgram", dependencies: ["CProcessor"]),
    .target(
      name: "CCodecs",
      dependencies: homebrew.map { .target(name: $0.name) },
      exclude: ["Homebrew"],
      linkerSettings: ["png", "jpeg", "webp", "z"].map { .linkedLibrary($0) }),
    // What the tests of several targets use: folders, disks that fail or crash, random numbers.
    .target(
      name: "TestSupport", dependencies: ["Files", "Compute"], path: "Tests/TestSupport"),
    .tests(of: "Files"),
    .tests(of: "Compute", "KernelInterface"),
    .tests(of: "Images", "Files", "CCodecs", exclude: ["Fixtures"]),
    .tests(of: "Datasets", "Images", "Compute", "Files"),
    .tests(of: "Autograd", "Compute"),
    .tests(of: "Layers"),
    .tests(of: "Runs", "Images", "Files"),
    .tests(of: "Training", "Files"),
    .tests(of: "Models", "Benchmark"),
    .tests(of: "Evaluation"),
    .tests(of: "Reports"),
    .tests(of: "gen", "Reports", "Models", "Training", "Datasets", "Images", "Files", "CCodecs"),
    // Files from strangers, for all readers; and the same by the hundred thousand.
    .testTarget(
      name: "HostileTests",
      dependencies: [
        "gen", "Reports", "Models", "Training", "Datasets", "Images", "CCodecs", "TestSupport",
      ]),
  ]
)

extension Target {
  /// A program of Examples.
  static func example(_ name: String, _ dependencies: [Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Examples/\(name)")
  }

  /// The flags for one of Homebrew's libraries.
  static func homebrew(_ name: String, _ library: String, from formula: String) -> Target {
    .systemLibrary(
      name: name, path: "Sources/CCodecs/Homebrew/\(library)", pkgConfig: library,
      providers: [.brew([formula])])
  }

  /// The tests of a target, and what else they import.
  static func tests(
    of name: String, _ others: String..., exclude: [String] = []
  ) -> Target {
    .testTarget(
      name: "\(name)Tests",
      dependencies: ([name, "TestSupport"] + others).map { .init(stringLiteral: $0) },
      exclude: exclude)
  }

  /// One compilation of Sources/Kernels. Its inner loops are fast in debug builds too: whole-module
  /// and optimized always, without overflow checks, on pointers and sizes that Compute has checked.
  static func kernels(_ name: String, _ flags: [String], defining define: String? = nil) -> Target {
    .target(
      name: name,
      dependencies: ["KernelInterface", "CProcessor"],
      swiftSettings: (define.map { [.define($0)] } ?? [])
        + [
          .unsafeFlags(["-Ounchecked", "-whole-module-optimization", "-num-threads", "1"] + flags)
        ])
  }
}
