// SPDX-License-Identifier: Apache-2.0
// Names of real networks: what counts in an average over weights, and what the others are.
#include "suites/checkpoints/tensors/tensor_scope.h"

#include "tests/catch.h"

using namespace qbench;

namespace {

using Shape = std::vector<std::int64_t>;
struct Example {
  const char* name;
  Shape shape;
  const char* why;
};

// Sizes are those of a small model of the kind.
const Example kExamples[] = {
    // Llama, Qwen, Mistral
    {"model.embed_tokens.weight", {32000, 64}, "embedding"},
    {"model.layers.0.self_attn.q_proj.weight", {64, 64}, ""},
    {"model.layers.0.self_attn.q_proj.bias", {64}, "rank 1"},
    {"model.layers.0.self_attn.q_norm.weight", {64}, "rank 1"},
    {"model.layers.0.mlp.gate_proj.weight", {128, 64}, ""},
    {"model.layers.0.mlp.gate.weight", {8, 64}, "router"},
    {"model.layers.0.input_layernorm.weight", {64}, "rank 1"},
    {"model.layers.0.self_attn.rotary_emb.inv_freq", {32}, "rank 1"},
    {"model.norm.weight", {64}, "rank 1"},
    {"lm_head.weight", {32000, 64}, "head"},
    {"model.language_model.embed_tokens.weight", {32000, 64}, "embedding"},
    {"model.embed_tokens_per_layer.weight", {32000, 64}, "embedding"},
    {"score.weight", {2, 64}, "head"},
    // Mixtral, Qwen MoE, gpt-oss, DeepSeek, Command R
    {"model.layers.0.block_sparse_moe.experts.0.w1.weight", {128, 64}, ""},
    {"model.layers.0.block_sparse_moe.gate.weight", {8, 64}, "router"},
    {"model.layers.0.mlp.shared_expert_gate.weight", {1, 64}, "router"},
    {"model.layers.0.mlp.router.weight", {8, 64}, "router"},
    {"model.layers.0.feed_forward.router.weight", {8, 64}, "router"},
    {"model.layers.0.mlp.experts.gate_up_proj", {8, 64, 256}, ""},
    {"model.layers.0.mlp.experts.gate_up_proj_bias", {8, 256}, "bias"},
    {"model.layers.0.mlp.experts.gate_up_proj_blocks", {8, 256, 2, 16}, "scale"},
    {"model.layers.0.mlp.experts.gate_up_proj_scales", {8, 256, 2}, "scale"},
    {"block.0.mlp.mlp1_weight.blocks", {8, 256, 2, 16}, "scale"},
    {"unembedding.weight", {32000, 64}, "head"},
    {"model.layers.0.mlp.shared_expert.up_proj.weight", {128, 64}, ""},
    {"model.layers.61.shared_head.head.weight", {32000, 64}, "head"},
    {"model.layers.61.eh_proj.weight", {64, 128}, ""},
    {"model.layers.0.self_attn.o_proj.weight_scale_inv", {8, 8}, "scale"},
    {"model.layers.0.self_attn.q_norm.weight", {8, 128}, "norm"},
    // Planes of quantized checkpoints
    {"model.layers.0.q_proj.weight.absmax", {16, 1}, "scale"},
    {"model.layers.0.q_proj.weight.quant_map", {16, 1}, "scale"},
    {"model.layers.0.q_proj.weight.nested_absmax", {2, 1}, "scale"},
    {"model.layers.0.q_proj.SCB", {64, 1}, "scale"},
    {"model.layers.0.q_proj.scales", {4, 64}, "scale"},
    {"model.layers.0.q_proj.qzeros", {4, 8}, "scale"},
    {"model.layers.0.q_proj.g_idx", {64, 1}, "scale"},
    {"model.layers.0.q_proj.weight_scale", {64, 1}, "scale"},
    {"model.layers.0.q_proj.weight_scale_2", {1, 1}, "scale"},
    {"model.layers.0.q_proj.weight_global_scale", {1, 1}, "scale"},
    {"model.layers.0.q_proj.weight_zero_point", {8, 4}, "scale"},
    {"model.layers.0.q_proj.weight_shape", {2, 1}, "scale"},
    {"model.layers.0.q_proj.input_scale", {1, 1}, "scale"},
    {"model.layers.0.mlp.experts.gate_up_proj_scale_inv", {8, 2, 2}, "scale"},
    {"model.layers.0.mlp.experts.down_proj_weight_scale", {8, 64, 1}, "scale"},
    {"model.layers.0.q_proj.pre_quant_scale", {1, 64}, "scale"},
    {"double_blocks.0.img_attn.qkv.scale_weight", {1, 1}, "scale"},
    {"model.layers.0.k_proj.k_scale", {1, 1}, "scale"},
    {"model.layers.0.v_proj.v_scale", {1, 1}, "scale"},
    {"model.layers.0.q_proj.weight_packed", {64, 8}, ""},
    {"model.layers.0.q_proj.qweight", {8, 64}, ""},
    // GPT-2, GPT-NeoX, Falcon, MPT, RWKV, Mamba, ChatGLM, InternLM
    {"wte.weight", {50257, 64}, "embedding"},
    {"transformer.wte.weight", {50257, 64}, "embedding"},
    {"wpe.weight", {1024, 64}, "embedding"},
    {"h.0.attn.bias", {1, 1, 1024, 1024}, "bias"},
    {"h.0.attn.c_attn.weight", {64, 192}, ""},
    {"h.0.ln_1.weight", {64}, "rank 1"},
    {"gpt_neox.embed_in.weight", {50257, 64}, "embedding"},
    {"gpt_neox.layers.0.attention.query_key_value.weight", {192, 64}, ""},
    {"gpt_neox.layers.0.attention.masked_bias", {}, "rank 0"},
    {"embed_out.weight", {50257, 64}, "head"},
    {"transformer.word_embeddings.weight", {65024, 64}, "embedding"},
    {"emb.weight", {65536, 64}, "embedding"},
    {"head.weight", {65536, 64}, "head"},
    {"backbone.embeddings.weight", {50280, 64}, "embedding"},
    {"backbone.layers.0.mixer.A_log", {128, 16}, "state"},
    {"backbone.layers.0.mixer.conv1d.weight", {128, 1, 4}, ""},
    {"transformer.output_layer.weight", {65024, 64}, "head"},
    {"model.tok_embeddings.weight", {92544, 64}, "embedding"},
    // BERT, MiniLM, RoBERTa, DistilBERT
    {"embeddings.word_embeddings.weight", {30522, 64}, "embedding"},
    {"bert.embeddings.position_embeddings.weight", {512, 64}, "embedding"},
    {"bert.embeddings.token_type_embeddings.weight", {2, 64}, "embedding"},
    {"embeddings.position_ids", {1, 512}, "index"},
    {"bert.encoder.layer.0.output.dense.weight", {64, 128}, ""},
    {"encoder.layer.0.attention.output.LayerNorm.weight", {64}, "rank 1"},
    {"pooler.dense.weight", {64, 64}, ""},
    {"cls.predictions.decoder.weight", {30522, 64}, "head"},
    {"cls.predictions.transform.dense.weight", {64, 64}, ""},
    {"lm_head.decoder.weight", {50265, 64}, "head"},
    {"classifier.out_proj.weight", {2, 64}, "head"},
    {"vocab_projector.weight", {30522, 64}, "head"},
    // T5, BART, Whisper
    {"shared.weight", {32128, 64}, "embedding"},
    {"model.shared.weight", {50265, 64}, "embedding"},
    {"encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", {32, 8}, "embedding"},
    {"encoder.block.0.layer.1.DenseReluDense.wi_0.weight", {128, 64}, ""},
    {"model.encoder.embed_positions.weight", {1500, 64}, "embedding"},
    {"model.decoder.embed_tokens.weight", {51865, 64}, "embedding"},
    {"model.encoder.conv1.weight", {64, 80, 3}, ""},
    {"model.decoder.layers.0.encoder_attn.k_proj.weight", {64, 64}, ""},
    {"proj_out.weight", {51865, 64}, "head"},
    // ViT of transformers and timm, Swin, ConvNeXt, ResNet, CLIP, SAM
    {"vit.embeddings.cls_token", {1, 1, 64}, "embedding"},
    {"vit.embeddings.position_embeddings", {1, 197, 64}, "embedding"},
    {"vit.embeddings.patch_embeddings.projection.weight", {64, 3, 16, 16}, ""},
    {"vit.encoder.layer.0.intermediate.dense.weight", {128, 64}, ""},
    {"classifier.weight", {1000, 64}, "head"},
    {"patch_embed.proj.weight", {64, 3, 16, 16}, ""},
    {"pos_embed", {1, 197, 64}, "embedding"},
    {"reg_token", {1, 4, 64}, "embedding"},
    {"blocks.0.attn.qkv.weight", {192, 64}, ""},
    {"blocks.0.norm1.weight", {64}, "rank 1"},
    {"head.fc.weight", {1000, 64}, "head"},
    {"layers.0.blocks.0.attn.relative_position_bias_table", {169, 4}, "embedding"},
    {"layers.0.blocks.0.attn.logit_scale", {4, 1, 1}, "scale"},
    {"layers.0.blocks.1.attn_mask", {64, 49, 49}, "mask"},
    {"convnextv2.encoder.stages.0.layers.0.grn.weight", {1, 1, 1, 64}, "norm"},
    {"layer1.0.conv1.weight", {64, 64, 3, 3}, ""},
    {"layer1.0.downsample.0.weight", {256, 64, 1, 1}, ""},
    {"fc.weight", {1000, 64}, "head"},
    {"blocks.0.mlp.fc.weight", {64, 64}, ""},
    {"vision_model.embeddings.patch_embedding.weight", {64, 3, 32, 32}, ""},
    {"text_model.embeddings.position_embedding.weight", {77, 64}, "embedding"},
    {"text_model.embeddings.token_embedding.weight", {49408, 64}, "embedding"},
    {"positional_embedding", {77, 64}, "embedding"},
    {"text_projection.weight", {64, 64}, ""},
    {"visual.patch_embed.proj.weight", {64, 3, 2, 14, 14}, ""},
    {"blocks.0.attn.rel_pos_h", {27, 64}, "embedding"},
    {"decoder.decoder_embed.weight", {32, 64}, ""},
    {"wav2vec2.encoder.pos_conv_embed.conv.weight_v", {64, 4, 128}, ""},
    {"wav2vec2.encoder.pos_conv_embed.conv.weight_g", {1, 1, 128}, "scale"},
    {"encoder.pos_conv_embed.conv.parametrizations.weight.original0", {1, 1, 128}, "scale"},
    {"encoder.pos_conv_embed.conv.parametrizations.weight.original1", {64, 4, 128}, ""},
    // SDXL, SD3, PixArt
    {"conv_in.weight", {320, 4, 3, 3}, ""},
    {"time_embedding.linear_1.weight", {128, 32}, ""},
    {"add_embedding.linear_1.weight", {128, 32}, ""},
    {"down_blocks.0.resnets.0.time_emb_proj.weight", {32, 128}, ""},
    {"down_blocks.1.attentions.0.proj_out.weight", {64, 64}, ""},
    {"down_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj.weight", {512, 64}, ""},
    {"down_blocks.0.resnets.0.norm1.weight", {320}, "rank 1"},
    {"pos_embed.proj.weight", {64, 16, 2, 2}, ""},
    {"pos_embed.pos_embed", {1, 100, 64}, "embedding"},
    {"transformer_blocks.0.norm1.linear.weight", {384, 64}, ""},
    {"norm_out.linear.weight", {128, 64}, ""},
    {"transformer_blocks.0.attn.norm_q.weight", {4, 64}, "norm"},
    {"x_embedder.weight", {64, 64}, ""},
    {"scale_shift_table", {2, 64}, "scale"},
    // GGUF
    {"token_embd.weight", {32000, 64}, "embedding"},
    {"position_embd.weight", {512, 64}, "embedding"},
    {"token_types.weight", {2, 64}, "embedding"},
    {"output.weight", {32000, 64}, "head"},
    {"blk.0.attn_output.weight", {64, 64}, ""},
    {"blk.0.attn_q_norm.weight", {8, 128}, "norm"},
    {"blk.0.ffn_gate_exps.weight", {8, 128, 64}, ""},
    {"blk.0.attn_q.weight", {64, 64}, ""},
    {"blk.0.attn_norm.weight", {64}, "rank 1"},
    {"blk.0.ffn_norm.weight", {1, 64}, "norm"},
    {"blk.0.ffn_gate.weight", {128, 64}, ""},
    {"blk.0.ffn_gate_exps.bias", {8, 128}, "bias"},
    {"blk.0.ffn_gate_inp.weight", {8, 64}, "router"},
    {"blk.0.ffn_gate_inp_shexp.weight", {1, 64}, "router"},
    {"blk.0.attn_rel_b.weight", {32, 8}, "embedding"},
    {"blk.0.ssm_a", {128, 16}, "state"},
    {"blk.0.ssm_in.weight", {128, 64}, ""},
    {"per_layer_token_embd.weight", {32000, 64}, "embedding"},
    {"cls.output.weight", {2, 64}, "head"},
    {"blk.61.nextn.shared_head_head.weight", {32000, 64}, "head"},
    {"v.position_embd.weight", {576, 64}, "embedding"},
    {"v.blk.0.attn_q.weight", {64, 64}, ""},
    {"mm.0.weight", {64, 64}, ""},
    {"v.patch_embd.weight", {64, 3, 14, 14}, ""},
    {"output_norm.weight", {64}, "rank 1"},
    // Any other
    {"", {64, 64}, ""},
    {"a", {}, "rank 0"},
};

}  // namespace

TEST_CASE("linear layers and convolutions count, other tensors say what they are") {
  for (const Example& example : kExamples) {
    CAPTURE(example.name, example.shape);
    CHECK(why_not_in_totals(
              {.name = example.name, .dtype = "F32", .shape = example.shape, .bytes = {}}) ==
          example.why);
  }
}
