# The operator's and developer's commands. Each first makes what it needs (tools/bootstrap does only what is missing).
.DEFAULT_GOAL := help
.PHONY: help env demo demo-down test lint unit molecule blackbox bench bench-engine lock clean

PROVINCE ?= cantho
KEEP_IMAGE ?=
SCENARIO ?= default distributed provinces

help: ## Các lệnh / the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do printf '  make %-12s %s\n' "$$name" "$$words"; done

env: ## Dựng môi trường điều khiển / make the controller's environment
	@tools/bootstrap controller

demo: ## Triển khai PROVINCE (mặc định cantho) trên máy thử / deploy PROVINCE (cantho) on a test host
	@tools/demo up --province $(PROVINCE)

demo-down: ## Gỡ bản thử; KEEP_IMAGE=1 giữ ảnh Debian / remove the demo; KEEP_IMAGE=1 keeps the Debian image
	@tools/demo down --province $(PROVINCE) $(if $(KEEP_IMAGE),--keep-image)

test: ## Mọi kiểm tra và thử nghiệm / every check and test
	@tools/check all

lint: ## Kiểm tra cú pháp và kiểu / linters and types
	@tools/check lint

unit: ## Thử phần lõi và các hợp đồng, không cần máy thử / tests of the core and the contracts, without test hosts
	@tools/check unit

molecule: ## Các kịch bản Molecule (SCENARIO=default) / the Molecule scenarios
	@tools/check $(addprefix molecule-,$(SCENARIO))

blackbox: ## Kiểm tra một máy chủ thư bất kỳ từ bên ngoài (HOST, DOMAIN; FIXTURES) / check any mail server from outside
	@tools/bootstrap controller
	@.venv/bin/python -m tests.blackbox $(if $(FIXTURES),--fixtures '$(FIXTURES)',--host '$(HOST)' --domain '$(DOMAIN)' --harmless)

bench: ## Đo tốc độ cấp địa chỉ, tạo tài khoản, giao thư và triển khai / measure addresses, accounts, mail and deployments
	@tools/bench

bench-engine: ## Chỉ đo tốc độ cấp địa chỉ / measure the issuing of addresses alone
	@tools/bench engine

lock: ## Chọn lại phiên bản các gói Python / choose the Python packages' versions anew
	@tools/bootstrap demo
	@tools/lock

clean: ## Xóa môi trường và kết quả đo / remove the environment and the results
	rm -rf .venv .tools .work
