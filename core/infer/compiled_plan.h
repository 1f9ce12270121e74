// The steps of a plan. Each knows its kernel and its places in memory, and can be split into parts that threads run at
// the same time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <variant>
#include <vector>

#include "infer/graph.h"
#include "infer/plan.h"
#include "ops/batch_norm.h"
#include "ops/conv_kernel.h"
#include "ops/depthwise.h"
#include "ops/pointwise_kernel.h"
#include "ops/tap_conv_kernel.h"
#include "tensor/view.h"

namespace condenser {

// One of `count` threads that share the work of a step.
struct Part {
    int index = 0, count = 1;
};

// What a run lends its steps.
struct StepMemory {
    ConstView picture;          // of one image
    float* maps = nullptr;      // of one image; shared by the parts
    float* strips = nullptr;    // of one part; keeps its zeros from step to step
    float* scratch = nullptr;   // of one part
    float* logits = nullptr;    // of one image
    double* seconds = nullptr;  // [layers], of this part; nullptr: nobody asks
};

// Planes in a StepMemory's maps.
struct PlanMaps {
    std::ptrdiff_t offset = 0, channelStride = 0;
    int channels = 0, height = 0, width = 0;
};

// 1x1, to planes or to the taps of a 3x3.
struct PointwiseStep {
    PointwiseKernel kernel;
    std::ptrdiff_t x, y, residual;  // in the maps; residual -1: none
    int pixels;
    void run(const StepMemory& memory, Part part) const;
};

// 3x3 over taps.
struct TapConvStep {
    TapConvKernel kernel;
    std::ptrdiff_t x, y;
    int height;
    void run(const StepMemory& memory, Part part) const;
};

// 1x1 and 3x3 together, strip by strip of rows: for maps between them that would not stay in the cache. A part computes
// the rows at its borders that the next part computes too.
struct StripStep {
    PointwiseKernel first;
    TapConvKernel second;
    std::ptrdiff_t x, y;
    std::ptrdiff_t middle;  // in the strips
    int height, width, stripRows, middleChannels;
    int firstLayer, secondLayer;
    void run(const StepMemory& memory, Part part) const;
};

// Lays out the input of a ConvolveStep.
struct FrameStep {
    const ConvKernel* kernel;  // of the next step
    bool picture;              // reads the picture, else the maps at x
    std::ptrdiff_t x, channelStride;
    int width;
    std::ptrdiff_t framed;
    void run(const StepMemory& memory, Part part) const;
};

struct ConvolveStep {
    std::unique_ptr<const ConvKernel> kernel;
    std::ptrdiff_t framed, y, residual;
    void run(const StepMemory& memory, Part part) const;
};

struct DepthwiseStep {
    DepthwiseShape shape;
    std::vector<float> weight, bias;               // [channels, 9], [channels]
    std::vector<std::ptrdiff_t> sources, targets;  // in the maps
    bool relu;
    void run(const StepMemory& memory, Part part) const;
};

struct PoolStep {
    PlanMaps x, y;
    GraphPool pool;
    void run(const StepMemory& memory, Part part) const;
};

struct GlobalAverageStep {
    PlanMaps x, y;
    std::vector<NormAffine> norm;  // empty: none
    void run(const StepMemory& memory, Part part) const;
};

struct LinearStep {
    PlanMaps x;
    std::vector<int> sources;  // of a 1 x 1 input; empty: all
    std::vector<float> weight, bias;
    int inputs, outputs;
    bool relu, logits;  // writes the logits, else the maps at y
    std::ptrdiff_t y;
    void run(const StepMemory& memory, Part part) const;
};

struct PlanStep {
    int layer;  // -1: the step tells its times itself
    std::variant<PointwiseStep, TapConvStep, StripStep, FrameStep, ConvolveStep, DepthwiseStep, PoolStep,
                 GlobalAverageStep, LinearStep>
        op;
};

// What a Plan holds.
struct CompiledPlan {
    int batch = 1, threads = 1, classes = 0;
    int height = 0, width = 0;                       // of the pictures
    std::size_t mapFloats = 0;                       // of one image
    std::size_t stripFloats = 0, scratchFloats = 0;  // of one thread
    std::size_t weightBytes = 0;
    std::vector<PlanLayer> layers;
    std::vector<PlanStep> steps;

    int slots() const { return std::min(batch, threads); }  // images at a time
};

CompiledPlan compilePlan(const Graph& graph, int batch, int threads);

}  // namespace condenser
