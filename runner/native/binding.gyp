{
  "targets": [
    {
      "target_name": "face_index",
      "sources": ["face-index.cc"],
      "include_dirs": [
        "<!(node -p \"require('node-addon-api').include_dir\")",
        "<!(node -p \"require('path').dirname(require.resolve('hnswlib-node/package.json'))\")/src"
      ],
      "defines": ["NAPI_CPP_EXCEPTIONS"],
      "cflags_cc": ["-O3", "-std=c++17", "-Wno-psabi"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "conditions": [
        ["OS=='mac'", { "xcode_settings": { "GCC_ENABLE_CPP_EXCEPTIONS": "YES", "GCC_ENABLE_CPP_RTTI": "YES", "GCC_OPTIMIZATION_LEVEL": "3" } }]
      ]
    }
  ]
}
